package io.iblocksync.cli.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.iblocksync.protocol.Geometry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImagePairTest {
  private static ImagePair pair(long source, long target) {
    return new ImagePair(new Geometry(source, 10), new Geometry(target, 10));
  }

  @ParameterizedTest
  @CsvSource({
    // source, target, common blocks, the last one differs (2), it is partial (1)
    "0, 0, 0, false, false",
    "25, 0, 0, false, false",
    "0, 25, 0, false, false",
    "20, 20, 2, false, false",
    "25, 25, 3, false, true",
    "30, 25, 3, true, true",
    "28, 25, 3, true, true",
    "25, 28, 3, false, true",
    "25, 30, 3, false, true",
    "35, 25, 3, true, true",
    "30, 20, 2, false, false",
    "35, 20, 2, false, false",
    "20, 35, 2, false, false",
    "25, 35, 3, false, true"
  })
  void theLastCommonBlockDiffersWhereItsLengthDoes(
      long source, long target, long common, boolean differs, boolean partial) {
    ImagePair pair = pair(source, target);
    assertEquals(common, pair.commonBlocks());
    assertEquals(differs, pair.lastCommonDiffers());
    assertEquals(partial, pair.lastCommonIsPartial());
  }

  @Test
  void noMoreBytesAreBeforeABlockThanTheSourceHas() {
    ImagePair pair = pair(25, 100);
    assertEquals(0, pair.bytesBefore(0));
    assertEquals(20, pair.bytesBefore(2));
    assertEquals(25, pair.bytesBefore(3));
    assertEquals(25, pair.bytesBefore(Long.MAX_VALUE));
  }
}
