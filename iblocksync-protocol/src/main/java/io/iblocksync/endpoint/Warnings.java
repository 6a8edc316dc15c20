package io.iblocksync.endpoint;

import io.iblocksync.program.Log;
import java.util.ArrayDeque;

/**
 * An endpoint's warnings on their way to the coordinator, which prints them: it knows the host, and
 * users look for the result of a run there. In protocol 1, and before and after protocol 2, they go
 * to standard error. Thread-safe.
 */
public final class Warnings {
  private static final int MAX_WAITING = 100;

  /** The endpoint's own: another one may run in the same process. */
  private static final InheritableThreadLocal<ArrayDeque<String>> WAITING =
      new InheritableThreadLocal<>();

  private Warnings() {}

  /**
   * From now on warnings of this thread and those it starts wait for {@link #poll}; those for which
   * there is no room are printed.
   */
  static void collect() {
    WAITING.set(new ArrayDeque<>());
    Log.onWarning(Warnings::add);
  }

  /** From now on warnings are printed, beginning with those that still wait. */
  static void release() {
    Log.onWarning(text -> false);
    for (String text = poll(); text != null; text = poll()) {
      Log.warn(text);
    }
  }

  /** The next warning to send; null if there is none. */
  static String poll() {
    ArrayDeque<String> waiting = WAITING.get();
    if (waiting == null) {
      return null;
    }
    synchronized (waiting) {
      return waiting.poll();
    }
  }

  private static boolean add(String text) {
    ArrayDeque<String> waiting = WAITING.get();
    synchronized (waiting) {
      return !text.isEmpty() && waiting.size() < MAX_WAITING && waiting.add(text);
    }
  }
}
