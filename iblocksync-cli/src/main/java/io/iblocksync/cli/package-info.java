/**
 * The coordinator: {@code iblocksync SOURCE TARGET}.
 *
 * <pre>
 * Main                    command line, exit status, the last line
 * Coordinator.run
 *   start, greet          the source first, then the target   (process)
 *   PairChecks            what is never done, whatever is confirmed
 *   Confirmations         what a person must confirm           (terminal)
 *   Negotiation           protocol, features, settings and the replies; pure
 *   Relay.run             hashes, verdicts, blocks              (relay)
 *   finish, end           in order, however long a clean-up takes
 * Summary, Report         what was done, for people and as JSON
 * </pre>
 *
 * This package must not know how an endpoint reads or writes.
 */
package io.iblocksync.cli;
