package io.iblocksync.endpoint;

import java.util.ArrayDeque;

/**
 * An endpoint's warnings on their way to the coordinator, which prints them: it knows the host, and
 * who reads the result of a run finds them there. In protocol 1, and before and after protocol 2,
 * they go to standard error. Thread-safe.
 */
public final class Warnings {
  private static final int MAX_WAITING = 100;

  private static final ArrayDeque<String> WAITING = new ArrayDeque<>();

  private Warnings() {}

  /** From now on warnings wait for {@link #poll}; those for which there is no room are printed. */
  static void collect() {
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
    synchronized (WAITING) {
      return WAITING.poll();
    }
  }

  private static boolean add(String text) {
    synchronized (WAITING) {
      return !text.isEmpty() && WAITING.size() < MAX_WAITING && WAITING.add(text);
    }
  }
}
