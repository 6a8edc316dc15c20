package io.iblocksync.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Random images for tests. Each prints its seed; {@code -Diblocksync.seed=N} gives all of them the
 * same one again.
 */
public final class TempImages {
  private TempImages() {}

  /** A source of randomness whose seed is printed under the test's name. */
  public static Random random(String test) {
    long seed = Long.getLong("iblocksync.seed", System.nanoTime());
    System.out.println(test + ": seed " + seed);
    return new Random(seed);
  }

  public static byte[] bytes(Random random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Writes a file of random bytes and returns them. */
  public static byte[] write(Path file, Random random, int size) throws IOException {
    byte[] bytes = bytes(random, size);
    Files.write(file, bytes);
    return bytes;
  }
}
