package io.iblocksync.cli.process;

import java.io.InputStream;
import java.io.OutputStream;

/** What does an endpoint's work: a process of its own, or threads of this one. For any thread. */
interface RunningEndpoint {
  /** Where its standard input is written; closing that is the end of its input. */
  OutputStream input();

  /** Where its standard output is read. */
  InputStream output();

  /** How many bytes its input takes best at once. */
  int writeBytes();

  boolean isAlive();

  /**
   * Waits for its end.
   *
   * @return the exit status, 128 + number after a signal
   */
  int await() throws InterruptedException;

  /** Waits for its end for so long; returns whether it has ended. */
  boolean await(long nanos) throws InterruptedException;

  /** Lets it go on if it was stopped (SIGCONT), so that it notices that its input has ended. */
  void wake() throws InterruptedException;

  /**
   * Ends it by force, if that is possible.
   *
   * @param graceMillis how long each step may take to help
   */
  void kill(long graceMillis) throws InterruptedException;
}
