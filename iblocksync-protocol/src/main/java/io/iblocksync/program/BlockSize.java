package io.iblocksync.program;

/** Parses block sizes as users write them. */
public final class BlockSize {
  /** The largest block size: 1 GiB. */
  public static final int MAX = 1 << 30;

  /** The block size without {@code --block}: 1 MiB. */
  public static final int DEFAULT = 1 << 20;

  private BlockSize() {}

  /**
   * Parses a block size, in the notation of {@link ByteCount}.
   *
   * @return the size in bytes, 1 to {@link #MAX}
   * @throws IllegalArgumentException if the text is not a block size; the message quotes the text
   *     and can be shown to the user
   */
  public static int parse(String text) {
    return (int) ByteCount.parse("block size", text, MAX);
  }
}
