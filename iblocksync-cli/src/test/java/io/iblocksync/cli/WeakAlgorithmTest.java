package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.testing.TempImages;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.zip.Adler32;
import org.junit.jupiter.api.Test;

class WeakAlgorithmTest {
  private static String warning(HashAlgorithm algorithm, int blockSize, long blocks) {
    return WeakAlgorithm.warning(algorithm, blockSize, blocks);
  }

  @Test
  void aChecksumIsWarnedOfWithTheOddsForThisImage() {
    assertEquals(
        "crc32 is a checksum of about 32 bits for blocks of 4096 bytes: if all 4096 blocks had"
            + " changed, the chance that one is missed would be 1 in 1048576, and collisions are"
            + " easy to forge; use sha256 (or xxh128 where nobody hostile controls the data)",
        warning(HashAlgorithm.CRC32, 4096, 4096));
  }

  @Test
  void inAVeryLargeImageBlocksWouldBeMissed() {
    String warning = warning(HashAlgorithm.CRC32, 512, 1L << 35);
    assertTrue(warning.contains("had changed, about 8 would be missed, "), warning);
  }

  @Test
  void adler32HasTheFewerBitsTheSmallerTheBlocksAre() {
    assertTrue(warning(HashAlgorithm.ADLER32, 1 << 20, 1).contains("about 32 bits"));
    assertTrue(warning(HashAlgorithm.ADLER32, 4096, 1).contains("about 30 bits"));
    assertTrue(warning(HashAlgorithm.ADLER32, 512, 1).contains("about 29 bits"));
    assertTrue(warning(HashAlgorithm.ADLER32, 16, 1).contains("about 23 bits"));
  }

  /** Of 16 bytes there are so few values that random blocks show it. */
  @Test
  void theBitsOfAdler32AreThoseOfRandomBlocks() {
    Random random = TempImages.random("WeakAlgorithmTest");
    int blocks = 20_000;
    Set<Long> values = new HashSet<>();
    for (int i = 0; i < blocks; i++) {
      Adler32 adler = new Adler32();
      adler.update(TempImages.bytes(random, 16));
      values.add(adler.getValue());
    }
    double collisions = blocks - values.size();
    double bits = Math.log((double) blocks * blocks / 2 / collisions) / Math.log(2);
    assertEquals(23, bits, 2, collisions + " collisions");
  }

  @Test
  void hashesAreNotWarnedOf() {
    for (HashAlgorithm algorithm : HashAlgorithm.values()) {
      if (algorithm.length() > 4) {
        assertNull(warning(algorithm, 512, 1L << 50));
      }
    }
  }

  @Test
  void nothingIsWarnedOfWhereNothingIsCompared() {
    assertNull(warning(HashAlgorithm.CRC32, 512, 0));
  }
}
