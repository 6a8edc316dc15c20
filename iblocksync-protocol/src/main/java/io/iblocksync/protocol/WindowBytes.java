package io.iblocksync.protocol;

/**
 * How many bytes of blocks an endpoint holds at a time, see "Memory" in PROTOCOL.md. The
 * coordinator need not know, but tells from it how far what it compares is ahead of what it moves.
 */
public final class WindowBytes {
  /** Where the endpoints are joined by pipes. */
  public static final long PIPED = 64L << 20;

  /** Where both endpoints are in one process, and no link is between them. */
  public static final long LOCAL = 32L << 20;

  private WindowBytes() {}
}
