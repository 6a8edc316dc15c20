package io.iblocksync.protocol;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits between calls that move no byte, because a descriptor is in non-blocking mode: standard
 * input and output can be, for another process that has the same pipe can set that mode for all of
 * them. The first waits are short, and each one is twice as long as the one before. For one thread.
 */
public final class Backoff {
  private static final long FIRST_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
  private static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private long nanos;

  /**
   * Waits if nothing was moved.
   *
   * @param moved how many bytes the last call moved; negative at the end of the input
   * @return the same number
   */
  public int after(int moved) {
    if (moved != 0) {
      nanos = 0;
      return moved;
    }
    nanos = nanos == 0 ? FIRST_NANOS : Math.min(MAX_NANOS, 2 * nanos);
    LockSupport.parkNanos(this, nanos);
    return 0;
  }
}
