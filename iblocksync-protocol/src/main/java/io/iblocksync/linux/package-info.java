/**
 * What the Linux kernel says of files and devices, and the system calls that Java lacks.
 *
 * <p>{@link io.iblocksync.linux.NativeFile} reads like a manual page: a method for each system
 * call, through JNA, which takes 70 ms to load. Therefore everything works without it, more slowly,
 * and it is loaded only where it is of use. {@link io.iblocksync.linux.BlockDevice}, {@link
 * io.iblocksync.linux.LoopDevices} and {@link io.iblocksync.linux.MountTable} read sysfs and procfs
 * afresh for each question; what these do not say counts as not known, never as an error.
 *
 * <p>Errors are {@link io.iblocksync.linux.ImageException}: the system's own words, the path and,
 * for reads and writes, the offset. This package must not know blocks, hashes, messages or
 * sessions.
 */
package io.iblocksync.linux;
