package io.iblocksync.endpoint;

import java.io.IOException;
import java.util.ArrayDeque;

/**
 * What the one thread that writes to the coordinator, the writer, waits on: a few things to write
 * that other threads hand it, word that it should look elsewhere for more, or the session's
 * failure. Nothing else keeps the writer from writing.
 *
 * <p>Lock: the monitor guards all state. It is taken last: whoever holds it takes no other lock,
 * calls nothing and writes nothing. Threads that hold locks of their own may call all methods but
 * those that wait, {@link #put}, {@link #gather} and {@link #await}.
 *
 * @param <T> what is handed to the writer
 */
public final class SendQueue<T> {
  /** How many things wait to be written. */
  static final int MAX_WAITING = 4;

  private final ArrayDeque<T> waiting = new ArrayDeque<>();
  private boolean woken;

  /** Whether the writer waits in {@link #gather}, from which nobody need wake it. */
  private boolean gathering;

  private IOException failure;

  /**
   * Hands something to the writer; waits while the queue is full. Not for the thread that reads
   * from the coordinator, which must never wait for the writer.
   *
   * @throws IOException the failure, if {@link #fail} was called
   */
  public synchronized void put(T thing) throws IOException, InterruptedException {
    while (failure == null && waiting.size() == MAX_WAITING) {
      wait();
    }
    check();
    waiting.add(thing);
    notifyAll();
  }

  /**
   * For the writer: takes the next thing to write.
   *
   * @return null if there is nothing at the moment
   * @throws IOException the failure, if {@link #fail} was called
   */
  public synchronized T poll() throws IOException {
    check();
    T next = waiting.poll();
    if (next != null) {
      notifyAll();
    }
    return next;
  }

  /** Lets the writer look for something to write elsewhere: its next {@link #await} returns. */
  public synchronized void wake() {
    if (!woken && !gathering) {
      notifyAll();
    }
    woken = true;
  }

  /**
   * For the writer: waits, so that more gathers elsewhere and is written together, until something
   * is put here.
   *
   * @param millis how long to wait at most
   */
  public synchronized void gather(long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    gathering = true;
    for (long left = millis; failure == null && waiting.isEmpty() && left > 0; ) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
    gathering = false;
  }

  /**
   * For the writer: waits until there is something to poll, or it is woken. A call of {@link #wake}
   * since the last return from here counts, so nothing is missed that came while it looked around.
   *
   * @param millis how long to wait at most; 0 for as long as it takes
   * @return false if nothing came for so long
   * @throws IOException the failure, if {@link #fail} was called
   */
  public synchronized boolean await(long millis) throws IOException, InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (failure == null && !woken && waiting.isEmpty()) {
      long left = millis == 0 ? 0 : (end - System.nanoTime()) / 1_000_000;
      if (millis > 0 && left <= 0) {
        return false;
      }
      wait(left);
    }
    check();
    woken = false;
    return true;
  }

  /** Ends the session for the writer and all that wait here; only the first failure counts. */
  public synchronized void fail(IOException cause) {
    if (failure == null) {
      failure = cause;
      notifyAll();
    }
  }

  /**
   * Throws the failure, if there is one.
   *
   * @throws IOException the failure, if {@link #fail} was called
   */
  public synchronized void check() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  /** Whether the session has failed, so that nobody needs what is still being done for it. */
  public synchronized boolean hasFailed() {
    return failure != null;
  }
}
