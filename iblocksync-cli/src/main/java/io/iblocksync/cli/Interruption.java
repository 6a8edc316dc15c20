package io.iblocksync.cli;

/**
 * What happens on SIGINT, SIGTERM and SIGHUP: the endpoints are ended in order, as after any
 * failure; then the JVM ends with 128 + the signal's number, as it does by itself.
 */
final class Interruption {
  private static final int SIGNAL_MILLIS = 200;

  private final Coordinator coordinator;
  private final Thread hook = new Thread(this::interrupted, "interruption");
  private boolean over;

  private Interruption(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  static Interruption register(Coordinator coordinator) {
    Interruption interruption = new Interruption(coordinator);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  /** The sync has ended by itself; if a signal came first, this never returns. */
  void over(boolean failed) {
    if (!failed) {
      synchronized (this) {
        over = true;
      }
    }
    try {
      if (failed && Caller.isTerminal(0)) {
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
    synchronized (this) {
      if (over) {
        return;
      }
    }
    coordinator.interrupt();
    String state = coordinator.writing() ? "the target may be incomplete" : "nothing was written";
    System.err.println("iblocksync: error: interrupted by a signal, " + state);
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
