/**
 * What a person sees and answers: the progress, the prompt, units, signals.
 *
 * <p>{@link io.iblocksync.cli.terminal.Progress} redraws one line at the bottom of the terminal and
 * asks {@link io.iblocksync.cli.relay.RunFigures} how far the run has come; nothing here decides
 * anything. This package must not know how an endpoint is started or ended.
 */
package io.iblocksync.cli.terminal;
