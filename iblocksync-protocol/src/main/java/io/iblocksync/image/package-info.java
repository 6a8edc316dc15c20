/**
 * Reading an image in chunks, ahead of what is asked for, and hashing or comparing its blocks on
 * several cores.
 *
 * <p>The road of a block through this package:
 *
 * <pre>
 * HashWorkers (a thread for each core)
 *   window.claim()        the next chunk and a buffer for it; holes are passed over, not read
 *   image.read()          ImageReader; of a device past the page cache (DirectReader)
 *   hash or compare       LocalPair lets the chunks of two images in one process meet
 *   window.ready()
 * the session's writing thread
 *   window.poll()         hashes in block order; in the source then the blocks that differ
 * </pre>
 *
 * {@link io.iblocksync.image.BlockWindow} bounds the memory: a full window stops the workers and
 * nobody else. This package must not know the coordinator, processes or writing.
 */
package io.iblocksync.image;
