package io.iblocksync.cli.process;

import io.iblocksync.program.Log;
import io.iblocksync.protocol.Printable;
import java.util.concurrent.TimeUnit;

/**
 * The end of an endpoint: waits for it, says so if that takes long, and where it is asked to, ends
 * by force what does not end by itself. For any threads: the one that forces the end, after a
 * signal, is not blocked by one that only waits.
 *
 * <p>State is guarded by this object's monitor, under which nothing is waited for; {@link #forcing}
 * is taken before it and held while force is used.
 */
final class EndpointEnd {
  private static final int KILLED = 128 + 9;
  private static final long HANGING_KILL_MILLIS = 1000;

  private enum State {
    /** It works, or ends by itself. */
    RUNNING,

    /** It was made to end: the time for its clean-up runs. */
    ENDING,

    /** Not even force has ended it, and nobody waits any longer. */
    GIVEN_UP
  }

  private final RunningEndpoint endpoint;
  private final String title;
  private final boolean remote;
  private final Patience patience;
  private final Object forcing = new Object();
  private State state = State.RUNNING;

  /** When it was made to end, as System.nanoTime; 0 while it is running. */
  private long endingSince;

  /** A remote shell that got no answer may hang for minutes: nobody waits for that after Ctrl-C. */
  private boolean answered;

  private boolean said;

  EndpointEnd(RunningEndpoint endpoint, String title, boolean remote, Patience patience) {
    this.endpoint = endpoint;
    this.title = title;
    this.remote = remote;
    this.patience = patience;
  }

  /** It has answered the greeting: from now on it may have something to clean up. */
  synchronized void answered() {
    answered = true;
  }

  /** It was made to end: its input is closed. The first call counts. */
  synchronized void begin() {
    if (state == State.RUNNING) {
      state = State.ENDING;
      endingSince = System.nanoTime();
    }
  }

  /**
   * Waits for the end.
   *
   * @param force whether it is ended by force when it does not end by itself in time
   * @param cause the failure after which it ends, for the line that says what is waited for; null
   *     if there is none
   * @return the exit status, 128 + number after a signal; as if it was killed, if it was given up
   */
  int await(boolean force, String cause) throws InterruptedException {
    long since = since();
    if (!endsBy(since, patience.sayMillis())) {
      say(cause);
      endpoint.wake();
      if (force) {
        boolean hanging = hangs();
        if (!endsBy(since, hanging ? 0 : patience.termMillis())) {
          force(hanging ? HANGING_KILL_MILLIS : patience.killMillis());
        }
      }
    }
    return isGivenUp() ? KILLED : endpoint.await();
  }

  private synchronized long since() {
    return state == State.RUNNING ? System.nanoTime() : endingSince;
  }

  private boolean endsBy(long since, long millis) throws InterruptedException {
    assert !Thread.holdsLock(this);
    long left = TimeUnit.MILLISECONDS.toNanos(millis) - (System.nanoTime() - since);
    return endpoint.await(left);
  }

  private void say(String cause) {
    if (isFirstToSay()) {
      String after = cause == null ? "" : " after " + Printable.line(cause);
      System.err.println("iblocksync: waiting for " + title + " to end" + after);
    }
  }

  private synchronized boolean isFirstToSay() {
    boolean first = !said;
    said = true;
    return first;
  }

  private synchronized boolean hangs() {
    return remote && !answered;
  }

  private void force(long graceMillis) throws InterruptedException {
    synchronized (forcing) {
      endpoint.kill(graceMillis);
      if (endpoint.isAlive() && giveUp()) {
        Log.warn(title + " does not end and is given up: does its disk not answer?");
      }
    }
  }

  /** A process in uninterruptible disk wait survives SIGKILL: nobody need wait for it. */
  private synchronized boolean giveUp() {
    boolean first = state != State.GIVEN_UP;
    state = State.GIVEN_UP;
    return first;
  }

  private synchronized boolean isGivenUp() {
    return state == State.GIVEN_UP;
  }
}
