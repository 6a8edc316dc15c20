/**
 * An endpoint's process, local, through ssh, or inside this one: how it starts, answers and ends.
 *
 * <pre>
 * EndpointCommand         which words start it, from a location and the environment
 * EndpointProcess.start   shielded from the terminal's signals
 *   greet                 StartReader reads the first line, StartWait bounds the wait
 *   finish or abort       closes its input; a wrapper gets time for its clean-up
 *   awaitEnd              says who is waited for; ProcessTree ends what hangs
 * InProcessEndpoint       the same face for an endpoint that runs as threads
 * </pre>
 *
 * This package must not know how blocks are compared or shown.
 */
package io.iblocksync.cli.process;
