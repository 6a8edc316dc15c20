package io.iblocksync.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.iblocksync.program.BlockSize;
import org.junit.jupiter.api.Test;

class GeometryTest {
  @Test
  void anEmptyImageHasNoBlocks() {
    assertEquals(0, new Geometry(0, 4096).blocks());
  }

  @Test
  void aMultipleOfTheBlockSizeHasWholeBlocksOnly() {
    Geometry geometry = new Geometry(3 * 4096, 4096);
    assertEquals(3, geometry.blocks());
    assertEquals(4096, geometry.length(2));
  }

  @Test
  void theLastBlockMayBePartial() {
    Geometry geometry = new Geometry(2 * 4096 + 1, 4096);
    assertEquals(3, geometry.blocks());
    assertEquals(4096, geometry.length(1));
    assertEquals(8192, geometry.offset(2));
    assertEquals(1, geometry.length(2));
  }

  @Test
  void anImageSmallerThanABlockIsOneBlock() {
    Geometry geometry = new Geometry(1, BlockSize.MAX);
    assertEquals(1, geometry.blocks());
    assertEquals(1, geometry.length(0));
  }

  @Test
  void theLargestImageOverflowsNothing() {
    Geometry geometry = new Geometry(Long.MAX_VALUE, BlockSize.MAX);
    assertEquals(1L << 33, geometry.blocks());
    assertEquals(Long.MAX_VALUE - BlockSize.MAX + 1, geometry.offset(geometry.blocks() - 1));
    assertEquals(BlockSize.MAX - 1, geometry.length(geometry.blocks() - 1));
  }

  @Test
  void theEndOfTheLastBlockOfTheLargestImageIsNoOverflow() {
    for (int blockSize : new int[] {2, 4096, BlockSize.MAX, Integer.MAX_VALUE}) {
      Geometry geometry = new Geometry(Long.MAX_VALUE, blockSize);
      assertEquals(Long.MAX_VALUE, geometry.offset(geometry.blocks()));
    }
  }

  @Test
  void offsetsGoBeyond4GiB() {
    assertEquals(5L << 32, new Geometry(6L << 32, 4096).offset(5L << 20));
  }

  @Test
  void aBlockThatTheImageDoesNotHaveHasNoLength() {
    Geometry geometry = new Geometry(4097, 4096);
    assertThrows(IndexOutOfBoundsException.class, () -> geometry.length(2));
    assertThrows(IndexOutOfBoundsException.class, () -> geometry.length(-1));
  }

  @Test
  void impossibleSizesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Geometry(-1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Geometry(1, 0));
  }
}
