package io.iblocksync.program;

/** The size of blocks as users write it. */
public final class BlockSize {
  /** The largest block size: 1 GiB. */
  public static final int MAX = 1 << 30;

  /** The block size without {@code --block}: 1 MiB. */
  public static final int DEFAULT = 1 << 20;

  private BlockSize() {}

  /**
   * Reads a block size, as {@link ByteCount} has it.
   *
   * @return the size in bytes, 1 to {@link #MAX}
   * @throws IllegalArgumentException if it is none; the message names the text and is fit for the
   *     user
   */
  public static int parse(String text) {
    return (int) ByteCount.parse("block size", text, MAX);
  }
}
