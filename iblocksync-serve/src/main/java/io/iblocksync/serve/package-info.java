/**
 * The source: reads an image once and sends the blocks that the target lacks, as the very bytes
 * that were hashed.
 *
 * <pre>
 * SourceEndpoint.probe    size, what else writes to it
 * SourceSession.run       hashes out, verdicts in, differing blocks out
 *   announced()           hashes go into the digest of the image
 *   receive()             verdicts, and with pieces the hashes of pieces, go to the window
 *   send()                DifferingParts finds what differs in a kept chunk
 *   Packer                with -z or pieces, on a thread of its own
 * </pre>
 *
 * This package never writes to an image and knows nothing of the target but its geometry.
 */
package io.iblocksync.serve;
