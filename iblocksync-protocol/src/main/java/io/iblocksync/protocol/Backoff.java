package io.iblocksync.protocol;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits between calls that move no byte because the descriptor is in non-blocking mode. Standard
 * input and output can be in this mode, since any process that has the same pipe open can set it
 * for all of them. The first waits are short, and each is twice as long as the one before, up to 10
 * ms. For one thread.
 */
public final class Backoff {
  private static final long FIRST_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
  private static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private long nanos;

  /**
   * Waits if the last call moved nothing.
   *
   * @param moved how many bytes the last call moved; negative at the end of the input
   * @return {@code moved}
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
