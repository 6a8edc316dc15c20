package io.iblocksync.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.relay.Figures;
import io.iblocksync.cli.relay.Figures.Phase;
import org.junit.jupiter.api.Test;

class RateEstimatorTest {
  private static final long MB = 1_000_000;
  private static final long QUARTER = 250_000_000;

  private final RateEstimator pace = new RateEstimator();
  private long nanos = 1;
  private long done;
  private long link;

  /** Lets so many seconds pass, in each of which so much is done. */
  private void pass(int seconds, long perSecond, long linkPerSecond) {
    for (int i = 0; i < seconds * 4; i++) {
      nanos += QUARTER;
      done += perSecond / 4;
      link += linkPerSecond / 4;
      pace.add(figures(), nanos);
    }
  }

  private Figures figures() {
    return new Figures(Phase.SYNCING, 1000, done / MB, 0, 1000 * MB, done, done, 2 * done, link);
  }

  private void begin() {
    pace.add(figures(), nanos);
  }

  private static void assertNear(long expected, long actual) {
    assertEquals(expected, actual, Math.max(1, expected * 0.05));
  }

  @Test
  void theRatesAreThoseOfTheLastSeconds() {
    begin();
    pass(5, 10 * MB, MB);
    assertNear(10 * MB, pace.sourceRate());
    assertNear(20 * MB, pace.targetRate());
    assertNear(MB, pace.linkRate());
    pass(20, 2 * MB, 3 * MB);
    assertNear(2 * MB, pace.sourceRate());
    assertNear(3 * MB, pace.linkRate());
  }

  @Test
  void theTimeLeftIsNotGuessedInTheFirstSeconds() {
    assertEquals(-1, pace.secondsLeft());
    begin();
    pass(2, 10 * MB, 0);
    assertEquals(-1, pace.secondsLeft());
    pass(2, 10 * MB, 0);
    assertNear(96, pace.secondsLeft());
  }

  @Test
  void theTimeLeftCountsDownWithTheClock() {
    begin();
    pass(10, 10 * MB, 0);
    assertNear(90, pace.secondsLeft());
    pass(40, 10 * MB, 0);
    assertNear(50, pace.secondsLeft());
    pass(50, 10 * MB, 0);
    assertEquals(0, pace.secondsLeft());
  }

  @Test
  void theTimeLeftDoesNotJumpWithARateThatDoes() {
    begin();
    pass(10, 10 * MB, 0);
    long before = pace.secondsLeft();
    for (int i = 0; i < 30; i++) {
      pass(1, i % 2 == 0 ? 16 * MB : 4 * MB, 0);
      long after = pace.secondsLeft();
      assertTrue(Math.abs(before - 1 - after) <= 3, before + " s, then " + after + " s");
      before = after;
    }
  }

  @Test
  void theTimeLeftFollowsARateThatStaysAnotherOne() {
    begin();
    pass(20, 10 * MB, 0);
    pass(60, 2 * MB, 0);
    assertEquals(340, pace.secondsLeft(), 50);
  }

  @Test
  void aCounterThatStandsStillHasNoRate() {
    begin();
    pass(5, 10 * MB, MB);
    pass(4, 0, MB);
    assertEquals(0, pace.sourceRate());
    assertNear(MB, pace.linkRate());
  }

  @Test
  void whereNothingMovesItSaysForHowLong() {
    begin();
    pass(5, 10 * MB, MB);
    pass(9, 0, 8);
    assertEquals(0, pace.secondsStalled());
    pass(11, 0, 8);
    assertEquals(20, pace.secondsStalled());
    pass(1, 0, MB);
    assertEquals(0, pace.secondsStalled());
  }
}
