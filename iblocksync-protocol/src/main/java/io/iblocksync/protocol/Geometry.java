package io.iblocksync.protocol;

import java.util.Objects;

/**
 * The division of an image into blocks: all have the same size, but the last one may be shorter.
 *
 * @param size the size of the image in bytes, 0 or more
 * @param blockSize the size of a block in bytes, at least 1
 */
public record Geometry(long size, int blockSize) {
  public Geometry {
    if (size < 0 || blockSize < 1) {
      throw new IllegalArgumentException(
          "image of %d bytes in blocks of %d, expected at least 0 and 1"
              .formatted(size, blockSize));
    }
  }

  /** Returns the number of blocks, including a shorter last one. */
  public long blocks() {
    return size / blockSize + (size % blockSize == 0 ? 0 : 1);
  }

  /**
   * Returns where a block begins, in bytes from the start of the image; {@link Long#MAX_VALUE} if
   * it begins beyond that, as does the block after the last one of the largest images.
   */
  public long offset(long block) {
    boolean fits = Math.multiplyHigh(block, blockSize) == 0 && block * blockSize >= 0;
    return fits ? block * blockSize : Long.MAX_VALUE;
  }

  /**
   * Returns the length of a block in bytes, at least 1.
   *
   * @throws IndexOutOfBoundsException if the image does not have this block
   */
  public int length(long block) {
    Objects.checkIndex(block, blocks());
    return (int) Math.min(blockSize, size - offset(block));
  }
}
