package io.iblocksync.cli.it;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.concurrent.Callable;

/** Waits for what another thread or process does. */
public final class Await {
  private Await() {}

  /** Waits until this holds, a minute at most. */
  public static void until(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!condition.call()) {
      if (System.nanoTime() > end) {
        fail("in vain waited for: " + what);
      }
      pause(20);
    }
  }

  /** Lets time go by where it is the time itself that counts, or that nothing happens in it. */
  public static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
