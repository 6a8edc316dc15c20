package io.iblocksync.image;

import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Geometry;

/**
 * Cuts an image into chunks: says where the chunk ends that begins at a block. A chunk of data has
 * as many whole blocks as fit into {@link #CHUNK_BYTES}, at least one; a chunk in a hole can have
 * many more. Immutable: it has no position of its own, and is safe for use by several threads.
 *
 * <p>No chunk spans the end of the common blocks, those that both images have.
 */
final class Chunker {
  /** The most bytes that are read at once, unless a block is longer. */
  static final int CHUNK_BYTES = Frames.MAX_DATA;

  private static final int MAX_BLOCKS = 1024;

  private final Geometry geometry;
  private final long commonBlocks;
  private final boolean even;
  private final boolean hashAll;
  private final int chunkBlocks;

  /**
   * @param geometry the image, as far as it is read
   * @param commonBlocks how many blocks, from the first, are compared with the other image
   * @param even whether chunks of common blocks begin and end where those of another image do, but
   *     for holes, which are as long as several of them; the part of a hole that does not fill such
   *     a chunk is read
   * @param hashAll whether the blocks past the common ones are hashed, too
   */
  Chunker(Geometry geometry, long commonBlocks, boolean even, boolean hashAll) {
    this.geometry = geometry;
    this.commonBlocks = commonBlocks;
    this.even = even;
    this.hashAll = hashAll;
    this.chunkBlocks = Math.max(1, Math.min(CHUNK_BYTES / geometry.blockSize(), MAX_BLOCKS));
  }

  /** How many blocks a chunk of data has, unless the image or the common blocks end before. */
  int chunkBlocks() {
    return chunkBlocks;
  }

  /** The length of the longest chunk that is read, in bytes. */
  int maxBytes() {
    return (int) Math.min((long) chunkBlocks * geometry.blockSize(), geometry.size());
  }

  /** Whether a block is one that both images have. */
  boolean isCommon(long block) {
    return block < commonBlocks;
  }

  /**
   * The chunk that begins at a block of the image.
   *
   * @param first the number of the block
   * @param extent what the image holds where this block begins
   * @return a chunk of data, or one in a hole, which is {@link Chunk#isHole}
   */
  Chunk chunk(long first, Extent extent) {
    boolean common = isCommon(first);
    long end = common ? commonBlocks : geometry.blocks();
    if (extent.hole()) {
      int blocks = holeBlocks(first, extent, end);
      if (blocks > 0) {
        return Chunk.hole(first, blocks, geometry.blockSize(), length(first, blocks), common);
      }
      // The hole ends within this block: the block is read, and what follows it is another matter.
      end = common && even ? end : Math.min(end, first + 1);
    } else if (!(common && even)) {
      end = Math.min(end, new Geometry(extent.end(), geometry.blockSize()).blocks());
    }
    int blocks = (int) Math.min(chunkBlocks, end - first);
    int length = (int) length(first, blocks);
    return new Chunk(first, blocks, geometry.blockSize(), length, common, common || hashAll);
  }

  /** How many blocks, from {@code first} up to {@code end}, are one chunk in a hole; may be 0. */
  private int holeBlocks(long first, Extent hole, long end) {
    boolean toTheEnd = hole.end() >= geometry.size();
    long whole = toTheEnd ? end : Math.min(end, hole.end() / geometry.blockSize());
    int blocks = (int) Math.min(Chunk.MAX_HOLE_BLOCKS, whole - first);
    boolean cut = even && isCommon(first) && first + blocks < end;
    return cut ? blocks - blocks % chunkBlocks : blocks;
  }

  private long length(long first, int blocks) {
    long last = first + blocks - 1;
    return geometry.offset(last) - geometry.offset(first) + geometry.length(last);
  }
}
