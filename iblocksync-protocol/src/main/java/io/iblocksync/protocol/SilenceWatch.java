package io.iblocksync.protocol;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Notices, on a thread of its own, that a peer has sent nothing for too long while something waits
 * for it.
 *
 * <p>Time in which this process itself stood still (SIGSTOP, a suspended machine) hardly counts:
 * what came meanwhile has not been read yet.
 */
public final class SilenceWatch {
  /** How often a peer at work says so, in milliseconds, unless the timeout is shorter. */
  private static final long MAX_ALIVE_MILLIS = 30_000;

  private static final int TICKS = 20;

  private final LongSupplier waiting;
  private final long timeoutMillis;
  private final Runnable silent;
  private boolean ended;

  private SilenceWatch(LongSupplier waiting, long seconds, Runnable silent) {
    this.waiting = waiting;
    this.timeoutMillis = TimeUnit.SECONDS.toMillis(seconds);
    this.silent = silent;
  }

  /**
   * Starts to watch.
   *
   * @param waiting a number that changes with each sign of life; negative while nothing waits for
   *     one
   * @param seconds how long nothing may come
   * @param silent is run, once, if nothing has come for so long
   */
  public static SilenceWatch start(LongSupplier waiting, long seconds, Runnable silent) {
    SilenceWatch watch = new SilenceWatch(waiting, seconds, silent);
    Thread thread = new Thread(watch::watch, "silence");
    thread.setDaemon(true);
    thread.start();
    return watch;
  }

  /** How often to send a sign of life to a peer that waits so many seconds for one. */
  public static long aliveMillis(long seconds) {
    return Math.min(MAX_ALIVE_MILLIS, TimeUnit.SECONDS.toMillis(seconds) / 4);
  }

  /** Ends the watch. */
  public synchronized void end() {
    ended = true;
    notifyAll();
  }

  private void watch() {
    try {
      if (lasts()) {
        silent.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until there was silence for too long; false if the watch was ended before. */
  private synchronized boolean lasts() throws InterruptedException {
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
