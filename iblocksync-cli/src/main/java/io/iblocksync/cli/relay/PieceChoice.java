package io.iblocksync.cli.relay;

/**
 * Decides while a run goes on whether to compare the pieces of the blocks that differ. That saves
 * what a link carries, and costs time: both sides hash these blocks once more. So now and then it
 * is tried what it saves; where that is not worth its time, the blocks after it go as a whole for a
 * while.
 *
 * <p>Guarded by this object's monitor, under which nothing else is called: one thread forwards
 * verdicts, one relays data.
 */
final class PieceChoice {
  /** How many bytes of blocks are a trial. */
  static final long TRIAL_BYTES = 8L << 20;

  /** How many bytes of blocks go as a whole after one that has failed. */
  static final long WHOLE_BYTES = 8 * TRIAL_BYTES;

  /** What comparing the pieces of a byte takes, about. */
  private static final double NANOS = 2;

  /** What is always worth it: less is written to the target's disk, too. */
  private static final double HALF = 0.5;

  /** On a link that is slower, in bytes a second, there is time to compare. */
  private static final double SLOW = 40e6;

  private final long trialBytes;
  private final long wholeBytes;
  private final double slow;
  private boolean byPieces = true;

  /**
   * Whether the last trial was not worth it: then those after the next one wait for its outcome.
   */
  private boolean failed;

  /** Where the blocks of the trial begin and, when it has enough of them, end. */
  private long start = -1;

  private long end = Long.MAX_VALUE;

  /** Bytes of blocks of the trial: that differ, and of which pieces are compared. */
  private long differing;

  private long asked;

  /** Bytes that came for them, and when the first of them did. */
  private long came;

  private long cameFirst;

  /** Bytes of blocks that have gone as a whole since the last trial. */
  private long whole;

  PieceChoice() {
    this(TRIAL_BYTES, WHOLE_BYTES, SLOW);
  }

  /**
   * @param trialBytes how many bytes of blocks are a trial
   * @param wholeBytes how many go as a whole after one that has failed
   * @param slow bytes a second; on a slower link pieces are always compared
   */
  PieceChoice(long trialBytes, long wholeBytes, double slow) {
    this.trialBytes = trialBytes;
    this.wholeBytes = wholeBytes;
    this.slow = slow;
  }

  /** Whether blocks that differ now are to be compared by pieces. */
  synchronized boolean byPieces() {
    return byPieces;
  }

  /** The blocks from byte {@code from} to {@code to} differ, and so they are to go. */
  synchronized void differ(long from, long to, boolean pieces) {
    if (end < Long.MAX_VALUE) {
      return; // What the trial has saved is known when its data has come.
    }
    if (!byPieces) {
      whole += to - from;
      byPieces = whole >= wholeBytes;
      return;
    }
    if (start < 0) {
      start = from;
    }
    differing += to - from;
    asked += pieces ? to - from : 0;
    if (asked >= trialBytes) {
      end = to;
      byPieces = !failed;
    }
  }

  /**
   * Data has come from the source.
   *
   * @param nanos the time, as System.nanoTime
   */
  synchronized void came(long offset, long length, long nanos) {
    if (start < 0 || offset < start) {
      return;
    }
    if (offset < end) {
      if (came == 0) {
        cameFirst = nanos;
      }
      came += length;
      return;
    }
    double rate = came / Math.max(1e-9, (nanos - cameFirst) / 1e9);
    double saved = (double) (differing - came) / asked;
    failed = rate > slow && saved < Math.min(HALF, NANOS * rate / 1e9);
    byPieces = !failed;
    whole = 0;
    start = -1;
    end = Long.MAX_VALUE;
    differing = 0;
    asked = 0;
    came = 0;
  }
}
