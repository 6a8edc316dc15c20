/**
 * The image that is written to: a file or a block device, from the first look to the last flush.
 *
 * <pre>
 * TargetProbe.of          looks, changes nothing; Space: has its file system space for it?
 * TargetProbe.open        opens, locks and holds it (guard): a FileTarget or a DeviceTarget
 * Target.prepare          how long the image will be
 * DiskWriter              a thread: takes bytes and zeros in order
 *   SparseWriter          bytes, leaving holes where a file grows
 *   ZeroMaker             zeros: holes, discards or writes
 *   WriteBack             lets the kernel write early
 *   Target.write          a file grows before the first write (Length)
 * Target.finish           truncates or zeroes the rest, fsync, the directory's entry
 * Target.reopen           for --verify: CacheDropper, then VerifyReader past the page cache
 * Target.close            releases the lock; a file that nothing was written to is as before
 * </pre>
 *
 * This package must not know messages or the coordinator.
 */
package io.iblocksync.receive.disk;
