package io.iblocksync.cli;

import io.iblocksync.cli.process.LaunchEnvironment;
import io.iblocksync.cli.terminal.Signals;
import io.iblocksync.program.ExitStatus;
import io.iblocksync.program.Output;
import io.iblocksync.program.Unexpected;
import io.iblocksync.protocol.Printable;

/**
 * What happens on SIGINT, SIGTERM and SIGHUP: the endpoints are ended in order, as after any
 * failure; then the JVM ends with 128 + the signal's number, as it does by itself. For a report,
 * which has that number in it, the signals are handled here, in the same way.
 */
final class Interruption {
  private static final int SIGNAL_MILLIS = 200;

  private final Coordinator coordinator;
  private final Report report;
  private final Thread hook = new Thread(this::interrupted, "interruption");
  private volatile int signal;

  /** What has ended a thread of this process; null for a signal. */
  private volatile String failure;

  private boolean over;

  private Interruption(Coordinator coordinator, Report report) {
    this.coordinator = coordinator;
    this.report = report;
  }

  /**
   * From now on signals end the run in order.
   *
   * @param report is printed at the end then; null if it is not asked for
   */
  static Interruption register(Coordinator coordinator, Report report) {
    Interruption interruption = new Interruption(coordinator, report);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    if (report != null) {
      for (String name : new String[] {"HUP", "INT", "TERM"}) {
        Signals.handle(name, interruption::end);
      }
    }
    return interruption;
  }

  private void end(int number) {
    signal = number;
    System.exit(ExitStatus.ofSignal(number));
  }

  /** Ends the run in order after an error that has ended one of its threads. */
  void fail(Throwable e) {
    if (signal != 0) {
      return; // The process is ending already.
    }
    failure = Unexpected.text(e);
    // Not on the thread that exit may wait for, as one that a hook joins.
    new Thread(() -> System.exit(ExitStatus.FAILED), "end").start();
  }

  /** The sync has ended by itself; if a signal came first, this never returns. */
  void over(boolean failed) {
    if (!failed) {
      synchronized (this) {
        over = true;
      }
    }
    try {
      if (failed && LaunchEnvironment.isTerminal(0)) {
        // Ctrl-C ends a prompt of ssh's too, whose end can be noticed before the signal is.
        Thread.sleep(SIGNAL_MILLIS);
      }
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      sleepUntilTheEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void interrupted() {
    try {
      end();
    } catch (Throwable e) {
      Unexpected.report("iblocksync", e);
    }
  }

  private void end() {
    String state;
    synchronized (this) {
      state = over ? "when all was done" : null;
    }
    if (state == null) {
      coordinator.interrupt();
      state =
          coordinator.writing()
              ? "the target may be incomplete; run it again to go on"
              : "nothing was written";
      if (failure == null) {
        if (LaunchEnvironment.isTerminal(2)) {
          System.err.println(); // The terminal shows ^C behind a question or the progress.
        }
        System.err.println("iblocksync: error: " + cause() + ", " + state);
      } else {
        Unexpected.print("iblocksync", cause() + ", " + state);
      }
    }
    if (report != null) {
      report.failed(cause() + ", " + state, null, 0);
      Output.print(
          "iblocksync",
          report.json(failure == null ? ExitStatus.ofSignal(signal) : ExitStatus.FAILED));
    }
  }

  private String cause() {
    return failure == null ? "interrupted by a signal" : Printable.line(failure);
  }

  /** The JVM is ending; what is in the hook must be the last word. */
  private static void sleepUntilTheEnd() {
    try {
      Thread.sleep(Long.MAX_VALUE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
