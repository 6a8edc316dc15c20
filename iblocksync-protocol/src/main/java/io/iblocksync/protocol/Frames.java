package io.iblocksync.protocol;

/** Sizes of frames that both sides must agree on, in bytes. */
public final class Frames {
  /** {@code length} and {@code type}. */
  public static final int HEADER = 4 + 1;

  /**
   * The payload of DATA before its body: {@code encoding}, {@code offset}, {@code length}, {@code
   * crc}.
   */
  public static final int DATA_HEADER = 1 + 8 + 8 + 4;

  /** The most bytes of an image that one DATA frame carries. */
  public static final int MAX_DATA = 1 << 20;

  /** The most bytes of a DATA frame's body: what zstd makes of bytes may be a little longer. */
  public static final int MAX_BODY = MAX_DATA + (1 << 13);

  /** The window of the stream of zstd, which both sides hold: 64 MiB. */
  public static final int ZSTD_WINDOW_LOG = 26;

  /** The longest payload of a frame that holds a batch of hashes or verdicts. */
  public static final int MAX_BATCH = 1 << 17;

  /** The longest text of a failure or a warning, in bytes of UTF-8. */
  public static final int MAX_TEXT = 1 << 12;

  /** The payload of DONE: {@code bytes} and {@code digest}. */
  public static final int DONE = 8 + ImageDigest.LENGTH;

  private Frames() {}
}
