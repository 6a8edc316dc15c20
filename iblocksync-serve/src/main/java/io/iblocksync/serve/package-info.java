/**
 * The source: reads an image once and sends the blocks that the target lacks, as the very bytes
 * that were hashed.
 *
 * <pre>
 * SourceEndpoint.probe    size, what else writes to it
 * SourceSession.run       the road of a block, top to bottom
 *   ahead.nextHashes      hashes go out; their chunks are kept (KeptChunks)
 *   receive()             verdicts, and hashes of pieces, decide on the kept chunks
 *   raw.poll              RawData makes DATA of what differs (DifferingParts)
 *   queue.poll            or the Packer does, with -z or pieces, on a thread of its own
 *   write()               all DATA goes out through DataWriter; the chunk is released
 * </pre>
 *
 * This package never writes to an image and knows nothing of the target but its geometry.
 */
package io.iblocksync.serve;
