/**
 * What all three programs share: parsing of the command line ({@link
 * io.iblocksync.program.Arguments}) and of sizes, the log on standard error, the start of threads,
 * the report of unexpected errors, and the version.
 *
 * <p>This package must not know images, endpoints or the coordinator. Its global state is that of
 * {@link io.iblocksync.program.Log} and {@link io.iblocksync.program.Unexpected}. An endpoint
 * inside the coordinator's process sets its name in the log, and the threads that it starts inherit
 * it.
 */
package io.iblocksync.program;
