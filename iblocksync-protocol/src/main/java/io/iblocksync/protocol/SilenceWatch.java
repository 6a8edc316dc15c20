package io.iblocksync.protocol;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Detects, on a thread of its own, that a peer has sent nothing for too long while another thread
 * waits for it.
 *
 * <p>Time during which this process itself is stopped (SIGSTOP, a suspended machine) hardly counts,
 * because the process has not yet read what arrived meanwhile. Safe for use by several threads.
 */
public final class SilenceWatch {
  /** The longest time, in milliseconds, between two signs of life from a peer that works. */
  private static final long MAX_ALIVE_MILLIS = 30_000;

  private static final int TICKS = 20;

  private final LongSupplier waiting;
  private final long timeoutMillis;
  private final Runnable silent;

  /** Guarded by this. */
  private boolean ended;

  private SilenceWatch(LongSupplier waiting, long seconds, Runnable silent) {
    this.waiting = waiting;
    this.timeoutMillis = TimeUnit.SECONDS.toMillis(seconds);
    this.silent = silent;
  }

  /**
   * Starts the watch.
   *
   * @param waiting returns a number that changes with each sign of life, and is negative while no
   *     thread waits for the peer; called on the watch's thread
   * @param seconds the timeout
   * @param silent is run once, on the watch's thread, if the timeout passes
   */
  public static SilenceWatch start(LongSupplier waiting, long seconds, Runnable silent) {
    SilenceWatch watch = new SilenceWatch(waiting, seconds, silent);
    Thread thread = new Thread(watch::watch, "silence");
    thread.setDaemon(true);
    thread.start();
    return watch;
  }

  /**
   * Returns the time, in milliseconds, between two signs of life to a peer with this timeout.
   *
   * @param seconds the timeout
   */
  public static long aliveMillis(long seconds) {
    return Math.min(MAX_ALIVE_MILLIS, TimeUnit.SECONDS.toMillis(seconds) / 4);
  }

  /** Ends the watch; from any thread. */
  public synchronized void end() {
    ended = true;
    notifyAll();
  }

  private void watch() {
    try {
      if (awaitSilence()) {
        silent.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for a silence as long as the timeout; false if the watch ends before. */
  private synchronized boolean awaitSilence() throws InterruptedException {
    long tick = Math.max(10, timeoutMillis / TICKS);
    long seen = -1;
    long last = System.nanoTime();
    for (long silence = 0; silence < timeoutMillis; ) {
      wait(tick);
      if (ended) {
        return false;
      }
      long now = System.nanoTime();
      long state = waiting.getAsLong();
      boolean heard = state < 0 || state != seen;
      silence = heard ? 0 : silence + Math.min((now - last) / 1_000_000, 2 * tick);
      seen = state;
      last = now;
    }
    return true;
  }
}
