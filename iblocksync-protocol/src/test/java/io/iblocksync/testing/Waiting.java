package io.iblocksync.testing;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** Actions that are to wait for something. */
public final class Waiting {
  private Waiting() {}

  /** Runs an action on a thread of its own and returns when that waits, for another or a lock. */
  public static <T> FutureTask<T> assertWaits(Callable<T> action) throws InterruptedException {
    FutureTask<T> task = new FutureTask<>(action);
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING
        && thread.getState() != Thread.State.BLOCKED) {
      assertFalse(task.isDone(), "it did not wait");
      Thread.sleep(1);
    }
    return task;
  }
}
