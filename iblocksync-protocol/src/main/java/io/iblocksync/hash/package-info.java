/**
 * The hash algorithms by which blocks are compared, under their names on the command line and on
 * the wire.
 *
 * <p>{@link io.iblocksync.hash.HashAlgorithm} lists them; each makes a {@link
 * io.iblocksync.hash.BlockHasher}, which one thread uses. This package knows bytes and digests, and
 * nothing of images, messages or programs.
 */
package io.iblocksync.hash;
