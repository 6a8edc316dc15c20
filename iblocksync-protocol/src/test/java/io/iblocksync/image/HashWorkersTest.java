package io.iblocksync.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HashWorkersTest {
  private static final HashAlgorithm ALGORITHM = HashAlgorithm.CRC32;

  @Test
  void everyBlockOfARandomImageIsReadOnceAndHashed() throws Exception {
    Random random = TempImages.random("HashWorkersTest");
    for (int block : new int[] {1, 3, 512, 700_000, 3 << 19}) {
      int size = 1 + random.nextInt(Math.max(20_000, 5 * block));
      byte[] image = image(random, size, block);
      AtomicLong read = new AtomicLong();
      Geometry geometry = new Geometry(size, block);
      ReadAhead ahead = new ReadAhead(ReadPlan.hashing(geometry, ALGORITHM, 0), () -> {});
      HashWorkers.start(
          ahead,
          (into, position) -> {
            read.addAndGet(into.remaining());
            into.put(image, (int) position, into.remaining());
          },
          ahead::fail);
      byte[][] digests = new byte[(int) geometry.blocks()][];
      long next = 0;
      for (Hashes hashes = ahead.takeHashes(); hashes != null; hashes = ahead.takeHashes()) {
        assertEquals(next, hashes.first());
        for (HashRun run : hashes.runs()) {
          note(run, digests, (int) next);
          next += run.count();
        }
      }
      assertEquals(geometry.blocks(), next);
      assertEquals(size, read.get());
      check(image, geometry, digests);
    }
  }

  @Test
  void aBlockThatCannotBeReadFailsTheSession() {
    IOException failure = new IOException("Input/output error");
    ReadAhead ahead = new ReadAhead(ReadPlan.hashing(new Geometry(99, 10), ALGORITHM, 0), () -> {});
    HashWorkers.start(
        ahead,
        (into, position) -> {
          throw failure;
        },
        ahead::fail);
    assertSame(failure, assertThrows(IOException.class, ahead::takeHashes));
  }

  @Test
  void aBugInReadingFailsTheSessionInsteadOfHangingIt() {
    ReadAhead ahead = new ReadAhead(ReadPlan.hashing(new Geometry(99, 10), ALGORITHM, 0), () -> {});
    HashWorkers.start(
        ahead,
        (into, position) -> {
          throw new IllegalStateException("odd");
        },
        ahead::fail);
    IOException e = assertThrows(IOException.class, ahead::takeHashes);
    assertEquals("internal error: java.lang.IllegalStateException: odd", e.getMessage());
  }

  /** Random bytes with some blocks of zeros. */
  private static byte[] image(Random random, int size, int block) {
    byte[] image = TempImages.bytes(random, size);
    for (int start = 0; start < size; start += block) {
      if (random.nextInt(3) == 0) {
        Arrays.fill(image, start, Math.min(size, start + block), (byte) 0);
      }
    }
    return image;
  }

  private static void note(HashRun run, byte[][] digests, int first) {
    for (int i = 0; i < run.count(); i++) {
      if (!run.zeros()) {
        digests[first + i] =
            Arrays.copyOfRange(run.digests(), run.from() + 4 * i, run.from() + 4 * i + 4);
      }
    }
  }

  private static void check(byte[] image, Geometry geometry, byte[][] digests) {
    for (int i = 0; i < digests.length; i++) {
      ByteBuffer block =
          ByteBuffer.wrap(image, (int) geometry.offset(i), geometry.length(i)).slice();
      if (Zeros.isZero(block, 0, block.remaining())) {
        assertNull(digests[i], "block " + i);
      } else {
        byte[] expected = new byte[4];
        ALGORITHM.newHasher().hash(block, expected, 0);
        assertNotNull(digests[i], "block " + i);
        assertArrayEquals(expected, digests[i], "block " + i);
      }
    }
  }
}
