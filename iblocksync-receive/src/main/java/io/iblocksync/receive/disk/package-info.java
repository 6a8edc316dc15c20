/**
 * The image that is written to: a file or a block device, from the first look to the last flush.
 *
 * <pre>
 * Target.probe            looks, changes nothing
 * Target.open             opens, locks and holds it (guard)
 * DiskWriter              a thread: takes bytes and zeros in order
 *   SparseWriter          bytes, leaving holes where a file grows
 *   ZeroMaker             zeros: holes, discards or writes
 *   WriteBack             lets the kernel write early
 * Length, Space           when a file grows, and whether it has room
 * Target.finish           the length, fsync, the directory's entry
 * VerifyReader            reads again past the page cache, for --verify
 * </pre>
 *
 * This package must not know messages or the coordinator.
 */
package io.iblocksync.receive.disk;
