package io.iblocksync.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.protocol.Geometry;
import io.iblocksync.testing.TempImages;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkerTest {
  /** Blocks of 4 bytes are read in chunks of 1024 blocks. */
  private static final int BLOCK = 4;

  private static final Extent ALL_HOLE = new Extent(true, Long.MAX_VALUE);

  /** All blocks are common, and nothing is known of holes. */
  @ParameterizedTest
  @CsvSource({
    // size, block, first; blocks, length
    "100, 4, 0, 25, 100",
    "8192, 4, 0, 1024, 4096",
    "8192, 4, 1024, 1024, 4096",
    "4101, 4, 1024, 2, 5",
    "3145737, 1048579, 1, 1, 1048579",
    "7, 1073741824, 0, 1, 7",
    "9437184, 4096, 0, 256, 1048576",
    "9437184, 700000, 0, 1, 700000",
    "9437184, 300000, 0, 3, 900000",
  })
  void aChunkHasTheWholeBlocksThatFit(long size, int block, long first, int blocks, long length) {
    Geometry geometry = new Geometry(size, block);
    Chunker chunker = new Chunker(geometry, geometry.blocks(), false, false);
    assertChunk(chunker.chunk(first, Extent.UNKNOWN), first, blocks, length);
  }

  /** 100 blocks of 4 bytes, of which the first 60 are common. */
  @ParameterizedTest
  @CsvSource({
    // hole?, end of the extent, even?, first; hole?, blocks
    "false, 41, false, 0, false, 11", // with the block that the data ends in
    "false, 44, false, 0, false, 11",
    "false, 41, true, 0, false, 60", // evenly: as if nothing were known of the hole
    "true, 83, false, 11, true, 9",
    "true, 84, false, 11, true, 10",
    "true, 83, false, 20, false, 1", // its part of a block is read with that
    "true, 83, true, 11, false, 49", // no whole chunk, so read
    "true, 300, false, 0, true, 60", // not past the end of the common blocks
    "true, 300, true, 0, true, 60", // to the end of them: evenly, too
    "true, 299, true, 60, true, 14", // past them nothing need be even
    "false, 299, true, 60, false, 15",
    "true, 400, false, 60, true, 40",
  })
  void aHoleOfWholeBlocksIsAChunk(
      boolean hole, long end, boolean even, long first, boolean isHole, int blocks) {
    Chunker chunker = new Chunker(geometry(100), 60, even, false);
    Chunk chunk = chunker.chunk(first, new Extent(hole, end));
    assertEquals(isHole, chunk.isHole());
    assertChunk(chunk, first, blocks, (long) blocks * BLOCK);
    assertEquals(isHole, chunk.allZero());
  }

  /** Chunks have 1024 blocks. */
  @ParameterizedTest
  @CsvSource({
    // first, end of the hole in blocks; hole?, blocks
    "0, 1024, true, 1024",
    "0, 3000, true, 2048",
    "1024, 3000, true, 1024",
    "2048, 3000, false, 1024",
    "0, 1023, false, 1024",
    "0, 10000, true, 10000", // to the end
    "9216, 10000, true, 784",
  })
  void evenlyAHoleIsAsLongAsSeveralChunks(long first, long end, boolean isHole, int blocks) {
    Chunker chunker = new Chunker(geometry(10_000), 10_000, true, false);
    Chunk chunk = chunker.chunk(first, new Extent(true, end * BLOCK));
    assertEquals(isHole, chunk.isHole());
    assertEquals(blocks, chunk.blocks());
  }

  @Test
  void aHoleToTheEndTakesThePartialLastBlockAlong() {
    Chunker chunker = new Chunker(new Geometry(41, BLOCK), 11, false, false);
    assertChunk(chunker.chunk(0, ALL_HOLE), 0, 11, 41);
    assertTrue(chunker.chunk(10, ALL_HOLE).isHole());
  }

  @Test
  void aHoleHasAsManyBlocksAsItsBitsMayHave() {
    Chunker chunker = new Chunker(geometry(1L << 40), 1L << 40, false, false);
    Chunk hole = chunker.chunk(5, ALL_HOLE);
    assertChunk(hole, 5, Chunk.MAX_HOLE_BLOCKS, 4L * Chunk.MAX_HOLE_BLOCKS);
  }

  @Test
  void theLargestImageIsNoOverflow() {
    Geometry geometry = new Geometry(Long.MAX_VALUE, 1 << 20);
    Chunker chunker = new Chunker(geometry, geometry.blocks(), false, false);
    long last = geometry.blocks() - 1;
    assertChunk(chunker.chunk(last, Extent.UNKNOWN), last, 1, (1 << 20) - 1);
    assertChunk(chunker.chunk(last, ALL_HOLE), last, 1, (1 << 20) - 1);
  }

  @Test
  void blocksPastTheCommonOnesAreHashedOnlyIfAllAre() {
    for (boolean hashAll : new boolean[] {false, true}) {
      Chunker chunker = new Chunker(geometry(100), 60, false, hashAll);
      Chunk common = chunker.chunk(0, Extent.UNKNOWN);
      assertEquals(60, common.blocks());
      assertTrue(common.common());
      assertTrue(common.hashed());
      Chunk rest = chunker.chunk(60, Extent.UNKNOWN);
      assertFalse(rest.common());
      assertEquals(hashAll, rest.hashed());
    }
  }

  @Test
  void aBufferIsAsLongAsTheLongestChunk() {
    assertEquals(4096, new Chunker(geometry(5000), 5000, false, false).maxBytes());
    assertEquals(40, new Chunker(geometry(10), 10, false, false).maxBytes());
    Geometry large = new Geometry(9L << 20, 3 << 20);
    assertEquals(3 << 20, new Chunker(large, 3, false, false).maxBytes());
  }

  /**
   * Whatever each side knows of its holes, chunks of common data meet chunks of the same bounds.
   */
  @Test
  void evenlyChunksOfDataHaveTheSameBoundsOnBothSides() {
    Random random = TempImages.random("ChunkerTest");
    for (int round = 0; round < 200; round++) {
      long common = 1 + random.nextInt(20_000);
      Chunker chunker = new Chunker(geometry(common), common, true, false);
      for (long first = 0; first < common; ) {
        Extent extent =
            new Extent(random.nextBoolean(), first * BLOCK + 1 + random.nextInt(40_000));
        Chunk chunk = chunker.chunk(first, extent);
        assertEquals(0, first % 1024);
        if (!chunk.isHole()) {
          assertEquals(Math.min(1024, common - first), chunk.blocks());
        }
        first += chunk.blocks();
      }
    }
  }

  private static void assertChunk(Chunk chunk, long first, int blocks, long length) {
    assertEquals(first, chunk.firstBlock());
    assertEquals(blocks, chunk.blocks());
    assertEquals(length, chunk.length());
    assertEquals(length, chunk.start(blocks));
  }

  private static Geometry geometry(long blocks) {
    return new Geometry(blocks * BLOCK, BLOCK);
  }
}
