package io.iblocksync.serve;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Finds out cheaply whether it is of use to compress bytes. For one thread. */
public final class Entropy {
  private static final int SAMPLES = 16;
  private static final int SAMPLE = 512;

  private final int[] counts = new int[256];
  private final byte[] sample = new byte[SAMPLE];

  /**
   * Whether bytes look as if they were compressed or encrypted: in some of them, from all over, no
   * value is more frequent than chance makes it.
   */
  public boolean looksRandom(ByteBuffer bytes) {
    int length = bytes.remaining();
    if (length < SAMPLES * SAMPLE) {
      return false;
    }
    Arrays.fill(counts, 0);
    for (int i = 0; i < SAMPLES; i++) {
      int at = (int) ((long) (length - SAMPLE) * i / (SAMPLES - 1));
      bytes.get(bytes.position() + at, sample);
      for (byte value : sample) {
        counts[value & 0xff]++;
      }
    }
    long squares = 0;
    for (int count : counts) {
      squares += (long) count * count;
    }
    // Of n random bytes: n + n (n - 1) / 256, give or take one in a hundred.
    long n = SAMPLES * SAMPLE;
    long expected = n + n * (n - 1) / 256;
    return squares < expected + expected / 25;
  }
}
