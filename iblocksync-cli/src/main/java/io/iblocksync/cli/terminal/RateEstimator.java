package io.iblocksync.cli.terminal;

import io.iblocksync.cli.relay.Figures;

/**
 * How fast a sync goes and how long it will take, from its figures at several moments: the rates of
 * the last seconds, and a time left that goes by a longer while, so that it settles. For one
 * thread.
 */
final class RateEstimator {
  private static final double RATE_SECONDS = 3;
  private static final double SHORTEST = 5;
  private static final double LONGEST = 90;

  /** Before so much time has passed any time left would be a guess. */
  private static final double WARM_UP_SECONDS = 3;

  /** How slowly the time left follows what is computed anew; sooner when little is left. */
  private static final double SETTLE_SECONDS = 6;

  private static final double STALLED_SECONDS = 10;

  /** So much on the link is more than a sign of life. */
  private static final long LINK_BYTES = 1024;

  /** What a counter grows by in a second, older growth counting less. */
  private static final class Rate {
    private long last;
    private double perSecond;
    private double idle;

    /**
     * @param elapsed since the first figures
     * @param passed since the last ones
     * @param over how many seconds it is smoothed over, but never more than have elapsed; after so
     *     many without any growth there is no rate
     */
    void add(long value, double elapsed, double passed, double over) {
      double weight = 1 - Math.exp(-passed / over);
      // The first seconds are a plain mean.
      weight = Math.max(weight, passed / elapsed);
      perSecond += ((value - last) / passed - perSecond) * weight;
      idle = value == last ? idle + passed : 0;
      if (idle > over) {
        perSecond = 0;
      }
      last = value;
    }
  }

  private final Rate source = new Rate();
  private final Rate target = new Rate();
  private final Rate link = new Rate();
  private final Rate done = new Rate();
  private Figures last;
  private long start;
  private long before;
  private long moved;
  private long movedLink;
  private double left = -1;

  /**
   * Takes the figures of a moment.
   *
   * @param nanos the moment, as System.nanoTime
   */
  void add(Figures figures, long nanos) {
    if (last == null || nanos <= before) {
      if (last == null) {
        begin(figures, nanos);
      }
      return;
    }
    double elapsed = (nanos - start) / 1e9;
    double passed = (nanos - before) / 1e9;
    if (hasMoved(figures)) {
      moved = nanos;
      movedLink = figures.linkBytes();
    }
    source.add(figures.sourceBytes(), elapsed, passed, RATE_SECONDS);
    target.add(figures.targetBytes(), elapsed, passed, RATE_SECONDS);
    link.add(figures.linkBytes(), elapsed, passed, RATE_SECONDS);
    double over = Math.max(SHORTEST, Math.min(LONGEST, elapsed / 3));
    done.add(figures.bytesDone(), elapsed, passed, over);
    estimate(figures.bytes() - figures.bytesDone(), elapsed, passed);
    last = figures;
    before = nanos;
  }

  private void begin(Figures figures, long nanos) {
    last = figures;
    start = nanos;
    before = nanos;
    moved = nanos;
    movedLink = figures.linkBytes();
    source.last = figures.sourceBytes();
    target.last = figures.targetBytes();
    link.last = figures.linkBytes();
    done.last = figures.bytesDone();
  }

  private boolean hasMoved(Figures figures) {
    return figures.bytesDone() != last.bytesDone()
        || figures.sourceBytes() != last.sourceBytes()
        || figures.targetBytes() != last.targetBytes()
        || figures.linkBytes() - movedLink >= LINK_BYTES;
  }

  private void estimate(long rest, double elapsed, double passed) {
    if (elapsed < WARM_UP_SECONDS || done.perSecond < 1) {
      left = -1;
      return;
    }
    double estimate = rest / done.perSecond;
    if (left < 0) {
      left = estimate;
    } else {
      left = Math.max(0, left - passed);
      double settle = Math.max(1, Math.min(SETTLE_SECONDS, estimate / 4));
      left += (estimate - left) * (1 - Math.exp(-passed / settle));
    }
  }

  /** Bytes a second that the source reads. */
  long sourceRate() {
    return Math.round(source.perSecond);
  }

  /** Bytes a second that the target reads. */
  long targetRate() {
    return Math.round(target.perSecond);
  }

  /** Bytes a second on the link. */
  long linkRate() {
    return Math.round(link.perSecond);
  }

  /** Seconds until all is sent; -1 while that is not known. */
  long secondsLeft() {
    return left < 0 ? -1 : Math.round(left);
  }

  /** For how many seconds nothing has moved; 0 while something does. */
  long secondsStalled() {
    double stalled = last == null ? 0 : (before - moved) / 1e9;
    return stalled < STALLED_SECONDS ? 0 : (long) stalled;
  }
}
