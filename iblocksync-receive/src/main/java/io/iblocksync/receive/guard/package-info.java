/**
 * Who else uses a target, and how to keep them away: locks against other runs, exclusive use of a
 * device, and where no image is ever created.
 *
 * <p>{@link io.iblocksync.receive.guard.ExclusiveHold} asks the kernel for exclusive use; where
 * that cannot be had, {@link io.iblocksync.receive.guard.InUse} looks at mounts, swap space and
 * devices. {@link io.iblocksync.receive.guard.PosixLock} and {@link
 * io.iblocksync.receive.guard.DeviceLock} keep a second run away. This package must not know how an
 * image is written, nor sessions.
 */
package io.iblocksync.receive.guard;
