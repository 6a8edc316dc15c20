/**
 * An endpoint that runs, as a local process, through ssh, or inside this process: how it starts,
 * answers and ends.
 *
 * <pre>
 * EndpointCommand         which words start it, from a location and the environment
 * Endpoints.start         one after the other
 *   Launcher              ChildProcess, shielded from the terminal's signals, or InProcessEndpoint
 *   EndpointProcess       its input and output, the relay's Peer
 * Handshake.greet         reads the first line; StartWait bounds the wait
 * finish or abort         closes its input; a wrapper gets time for its clean-up
 * Endpoints.end           EndpointEnd waits, says so, and ends by force what hangs
 *   ProcessTree           the signals for a process and all that it has started
 * </pre>
 *
 * This package must not know how blocks are compared or shown.
 */
package io.iblocksync.cli.process;
