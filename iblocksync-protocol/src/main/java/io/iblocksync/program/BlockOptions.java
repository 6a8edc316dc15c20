package io.iblocksync.program;

import io.iblocksync.hash.HashAlgorithm;

/** The options that all three programs take: the size of a block, and how blocks are compared. */
public final class BlockOptions {
  private BlockOptions() {}

  /** The block size that a user gave, the default for null. */
  public static int blockSize(String text) throws UsageException {
    try {
      return text == null ? BlockSize.DEFAULT : BlockSize.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
  }

  /** The hash algorithm that a user gave, the default for null. */
  public static HashAlgorithm algorithm(String name) throws UsageException {
    try {
      return name == null ? HashAlgorithm.SHA1 : HashAlgorithm.of(name);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
  }
}
