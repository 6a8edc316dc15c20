package io.iblocksync.protocol;

/** Sizes of frames on which both sides must agree, in bytes. */
public final class Frames {
  /** The header of a frame: {@code length} and {@code type}. */
  public static final int HEADER = 4 + 1;

  /**
   * The payload of DATA before its body: {@code encoding}, {@code offset}, {@code length}, {@code
   * crc}.
   */
  public static final int DATA_HEADER = 1 + 8 + 8 + 4;

  /** The most bytes of an image that one DATA frame carries. */
  public static final int MAX_DATA = 1 << 20;

  /** The longest body of a DATA frame: zstd can make incompressible bytes a little longer. */
  public static final int MAX_BODY = MAX_DATA + (1 << 13);

  /** The binary logarithm of the zstd stream's window, which both sides hold: 64 MiB. */
  public static final int ZSTD_WINDOW_LOG = 26;

  /** The longest payload of a frame that holds a batch of hashes or verdicts. */
  public static final int MAX_BATCH = 1 << 17;

  /** The longest text of a failure or a warning, in bytes of UTF-8. */
  public static final int MAX_TEXT = 1 << 12;

  /** The payload of DONE: {@code bytes} and {@code digest}. */
  public static final int DONE = 8 + DigestValue.LENGTH;

  private Frames() {}
}
