/**
 * The hash algorithms by which blocks are compared, under their names on the command line and on
 * the wire.
 *
 * <p>{@link io.iblocksync.hash.HashAlgorithm} lists them; each creates {@link
 * io.iblocksync.hash.BlockHasher}s, one for each thread. This package handles bytes and digests; it
 * must not know images, messages or programs.
 */
package io.iblocksync.hash;
