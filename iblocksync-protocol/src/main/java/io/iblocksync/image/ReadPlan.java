package io.iblocksync.image;

import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.protocol.Geometry;

/**
 * What of an image is read, and what for.
 *
 * @param geometry the image, as far as it is read
 * @param commonBlocks how many blocks, from the first, the other image has, too: only their hashes
 *     are announced, and there is a verdict on each of them
 * @param keep whether a chunk keeps its bytes until it is released (in the source); else they are
 *     dropped once it is hashed
 * @param hashAll whether the blocks past the common ones are hashed, too
 * @param windowBytes how many bytes of blocks are held at a time, but never less than two chunks;
 *     where there is no memory for that many, fewer
 * @param side where chunks meet those of the other image, to be compared with them instead of
 *     hashed; null if the other image is not read in this process
 */
public record ReadPlan(
    Geometry geometry,
    long commonBlocks,
    HashAlgorithm algorithm,
    boolean keep,
    boolean hashAll,
    long windowBytes,
    LocalPair.Side side) {

  /** Reads and hashes all blocks, and keeps no bytes. */
  public static ReadPlan hashing(Geometry geometry, HashAlgorithm algorithm, long windowBytes) {
    return new ReadPlan(geometry, geometry.blocks(), algorithm, false, false, windowBytes, null);
  }
}
