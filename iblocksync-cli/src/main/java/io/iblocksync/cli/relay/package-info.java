/**
 * Comparing the hashes of both sides and carrying blocks from one to the other.
 *
 * <pre>
 * Relay.run                 a reading thread for each side
 *   Protocol2Relay.read     HASHES -&gt; Comparer -&gt; VERDICTS to the target, then to the source
 *                           DATA from the source -&gt; Outbox of the target
 *                           PIECES from the target -&gt; Outbox of the source
 *                           DONE of both: their digests must agree
 *   Outcome                 done, or who has failed first, and why
 * </pre>
 *
 * A thread that reads one side waits for the other side's {@link io.iblocksync.cli.relay.Outbox}
 * only; PROTOCOL.md says why that cannot deadlock. This package must not know how a process is
 * started or what a terminal is.
 */
package io.iblocksync.cli.relay;
