package io.iblocksync.fuzz;

import io.iblocksync.program.BlockSize;
import java.nio.charset.StandardCharsets;

/** What a user gives as a block size. */
public final class BlockSizeFuzz {
  private BlockSizeFuzz() {}

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    int size;
    try {
      size = BlockSize.parse(new String(input, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return;
    }
    if (size < 1 || size > BlockSize.MAX || BlockSize.parse(Integer.toString(size)) != size) {
      throw new IllegalStateException("a block size of " + size);
    }
  }
}
