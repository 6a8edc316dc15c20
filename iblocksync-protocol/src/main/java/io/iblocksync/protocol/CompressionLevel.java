package io.iblocksync.protocol;

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

  /** Less has been measured by chance. */
  private static final long ENOUGH_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** A change costs what was learned of the bytes so far, so each takes twice the evidence. */
  private long enoughNanos = ENOUGH_NANOS;

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
    if (compressing > 0 && compressing + writing > enoughNanos) {
      if (writing > compressing * 5 / 2 && index < LEVELS.length - 1) {
        index++;
        enoughNanos *= 2;
      } else if (writing < compressing && index > 0) {
        index--;
        enoughNanos *= 2;
      }
      compressing = 0;
      writing = 0;
    }
    return LEVELS[index];
  }
}
