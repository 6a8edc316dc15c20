/**
 * What a person sees and answers: the progress, the prompt, units, signals.
 *
 * <p>{@link io.iblocksync.cli.terminal.Progress} redraws one line at the bottom of the terminal and
 * asks the relay for its figures; nothing here decides anything. This package must not know how an
 * endpoint is started or ended.
 */
package io.iblocksync.cli.terminal;
