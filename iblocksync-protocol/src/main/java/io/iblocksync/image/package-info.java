/**
 * Reading an image in chunks, ahead of what is asked for, and hashing or comparing its blocks on
 * several cores.
 *
 * <p>The road of a block through this package:
 *
 * <pre>
 * HashWorkers (a thread for each core)
 *   ahead.claim()         the next chunk (Chunker) and a buffer for it (ReadBuffers); holes are
 *                         passed over, not read (HoleFinder)
 *   image.read()          ImageReader; of a device nothing that is older than it (FreshReads)
 *   hash or compare       LocalPair lets the chunks of two images in one process meet
 *   ahead.ready()
 * the consumer, which is the session's writer
 *   ahead.nextHashes()    in block order; the source keeps the chunks until their verdict
 *   ahead.release()       their space is free again
 * </pre>
 *
 * {@link io.iblocksync.image.ReadAhead} bounds the memory: when it is full the workers wait, and
 * nobody else does. This package must not know the coordinator, processes or writing.
 */
package io.iblocksync.image;
