package io.iblocksync.cli.process;

import io.iblocksync.cli.terminal.Terminal;
import io.iblocksync.protocol.Printable;

/**
 * How long the coordinator waits for an endpoint's answer to the greeting, and what the user reads
 * meanwhile. Time in which this process itself stood still (SIGSTOP) hardly counts. For one thread.
 */
final class StartWait {
  /** How long {@link #lasts} is to take between two calls, about. */
  static final int STEP_MILLIS = 50;

  private final String line;
  private final long limitSeconds;
  private final Terminal terminal = new Terminal();
  private long last = System.nanoTime();
  private long waitedMillis;
  private long sayAt = Patience.PRESET.sayMillis();

  /**
   * @param title of the endpoint
   * @param host null if it is on this machine
   * @param limitSeconds how long the answer may take; 0 for any time, as where a person may have to
   *     type a password
   */
  StartWait(String title, String host, long limitSeconds) {
    this.line =
        host == null
            ? "iblocksync: waiting for " + title + " to start"
            : "iblocksync: connecting to " + Printable.line(host) + " ...";
    this.limitSeconds = limitSeconds;
  }

  /** Whether the wait may go on; says once, on a terminal, what is waited for. */
  boolean lasts() {
    long now = System.nanoTime();
    waitedMillis += Math.min((now - last) / 1_000_000, 4 * STEP_MILLIS);
    last = now;
    if (waitedMillis >= sayAt) {
      say();
    }
    return limitSeconds == 0 || waitedMillis < limitSeconds * 1000;
  }

  /**
   * A prompt for a password says itself what is waited for, and is left alone. After a prompt that
   * shows what is typed, such as ssh's about an unknown host, this is a line of its own.
   */
  private void say() {
    boolean shown = LaunchEnvironment.isTerminal(2);
    if (shown && terminal.hidesTyping()) {
      sayAt = waitedMillis + Patience.PRESET.sayMillis();
      return;
    }
    sayAt = Long.MAX_VALUE;
    if (shown) {
      System.err.println("\n" + line);
    }
  }

  /** What is wrong when it lasts no longer. */
  String failure() {
    return "no answer for "
        + limitSeconds
        + " seconds (--timeout): does a wrapper or login script hang, or read standard input?";
  }
}
