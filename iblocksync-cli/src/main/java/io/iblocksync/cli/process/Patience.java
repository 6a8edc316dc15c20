package io.iblocksync.cli.process;

/**
 * How long an endpoint may take to end, each from the moment at which it was made to.
 *
 * @param sayMillis after which the user reads that it is waited for
 * @param termMillis after which it is sent SIGTERM
 * @param killMillis how long after each step of force the next one follows
 */
record Patience(long sayMillis, long termMillis, long killMillis) {
  private static final int TERM_SECONDS = Integer.getInteger("iblocksync.term", 60);
  private static final int KILL_SECONDS = Integer.getInteger("iblocksync.kill", 10);
  private static final int SAY_SECONDS = Math.min(5, TERM_SECONDS / 2);

  /** That of a run; tests of the program, which have no minute to wait, set other numbers. */
  static final Patience PRESET =
      new Patience(SAY_SECONDS * 1000L, TERM_SECONDS * 1000L, KILL_SECONDS * 1000L);
}
