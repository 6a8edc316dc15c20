package io.iblocksync.serve;

import java.util.concurrent.TimeUnit;

/**
 * Chooses the level of compression by measuring: while the link takes the bytes more slowly than
 * they are made, there is time to make fewer of them. Safe for use by several threads.
 */
public final class CompressionLevel {
  /** Each takes about twice the time of the one before it. */
  private static final int[] LEVELS = {1, 3, 6, 9, 12};

  private static final int START = 2;
  private static final int HIGH = 3;

  /** In less time buffers on the way can make a slow link seem fast. */
  private static final long ENOUGH_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

  private int index = START;
  private long compressing;
  private long writing;

  /** How long it took to compress a body. */
  public synchronized void compressed(long nanos) {
    compressing += nanos;
  }

  /** How long it took to hand a compressed body to the link. */
  public synchronized void written(long nanos) {
    writing += nanos;
  }

  /** Whether the link is so slow that also what looks random is worth a try. */
  public synchronized boolean high() {
    return index >= HIGH;
  }

  /** The level for the next body. */
  public synchronized int next() {
    if (compressing > 0 && compressing + writing > ENOUGH_NANOS) {
      if (writing > compressing * 5 / 2 && index < LEVELS.length - 1) {
        index++;
      } else if (writing < compressing && index > 0) {
        index--;
      }
      compressing = 0;
      writing = 0;
    }
    return LEVELS[index];
  }
}
