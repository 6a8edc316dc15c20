package io.iblocksync.protocol;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Limits the rate of a sender, evenly: the sender sends in {@linkplain #step steps} of a twentieth
 * of a second, and waits before each step until the time of the previous ones is over. For one
 * thread.
 */
public final class RateLimit {
  private static final int STEPS_A_SECOND = 20;
  private static final int MAX_STEP = 1 << 16;

  /** How much time a late sender may make up for: sleeping is not exact. */
  private static final long MAX_LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final double NANOS_A_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final long bytesPerSecond;
  private final int step;
  private long freeAt;

  /**
   * @param bytesPerSecond the rate in bytes a second, at least 1
   */
  public RateLimit(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
    this.step = (int) Math.max(1, Math.min(MAX_STEP, bytesPerSecond / STEPS_A_SECOND));
    this.freeAt = System.nanoTime();
  }

  /** Returns the most bytes to send at once. */
  public int step() {
    return step;
  }

  /** Waits until {@code bytes} more, at most a {@linkplain #step step}, may be sent. */
  public void await(int bytes) {
    long now = System.nanoTime();
    while (freeAt - now > 0) {
      LockSupport.parkNanos(freeAt - now);
      now = System.nanoTime();
    }
    freeAt = Math.max(freeAt, now - MAX_LATE_NANOS);
    freeAt += (long) (bytes * NANOS_A_SECOND / bytesPerSecond);
  }
}
