package io.iblocksync.protocol;

import java.util.Objects;

/**
 * How an image is cut into blocks: all of the same size, only the last one may be shorter.
 *
 * @param size the size of the image in bytes, 0 or more
 * @param blockSize the size of a block in bytes, at least 1
 */
public record Geometry(long size, int blockSize) {
  public Geometry {
    if (size < 0 || blockSize < 1) {
      throw new IllegalArgumentException(size + " bytes in blocks of " + blockSize);
    }
  }

  /** How many blocks the image has, a shorter last one included. */
  public long blocks() {
    return size / blockSize + (size % blockSize == 0 ? 0 : 1);
  }

  /**
   * Where a block begins, in bytes from the start of the image; {@link Long#MAX_VALUE} if it lies
   * further away than that, as the end of the last block of the largest images does.
   */
  public long offset(long block) {
    boolean fits = Math.multiplyHigh(block, blockSize) == 0 && block * blockSize >= 0;
    return fits ? block * blockSize : Long.MAX_VALUE;
  }

  /**
   * The length of a block in bytes, at least 1.
   *
   * @throws IndexOutOfBoundsException if the image does not have this block
   */
  public int length(long block) {
    Objects.checkIndex(block, blocks());
    return (int) Math.min(blockSize, size - offset(block));
  }
}
