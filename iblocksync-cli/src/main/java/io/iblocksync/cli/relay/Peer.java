package io.iblocksync.cli.relay;

import io.iblocksync.protocol.WireReader;

/**
 * An endpoint as the relay sees it: what it sends, what it is sent, and its end. One thread reads
 * {@link #in}; all else is for any thread.
 */
public interface Peer {
  /** Name and host, as in {@code iblocksync-receive on backup}, which can be printed. */
  String title();

  /** Whether it runs on another machine. */
  boolean remote();

  /** What it sends; not closed by the relay. */
  WireReader in();

  /** What it is sent. */
  Outbox outbox();

  /** How many bytes it has sent so far. */
  long received();

  /** Runs the action, once, if it has ended and yet a reader waits for more of its output. */
  void onGone(Runnable action);

  /** Makes it end after a failure: closes its input, and does not wait. */
  void abort();

  /** Whether it ended as a remote shell does whose connection failed; waits for its end. */
  boolean connectionLost() throws InterruptedException;

  /** How it ended, for a message; waits for its end. */
  String endedText(String when) throws InterruptedException;
}
