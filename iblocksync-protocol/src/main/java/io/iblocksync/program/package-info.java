/**
 * What all three programs share, whatever they do: the command line ({@link
 * io.iblocksync.program.Arguments}), sizes as people write them, the log on standard error, the
 * version.
 *
 * <p>This package must not know images, endpoints or the coordinator. The log is the only state
 * that is global; each thread of an endpoint inside the coordinator's process inherits the
 * endpoint's name.
 */
package io.iblocksync.program;
