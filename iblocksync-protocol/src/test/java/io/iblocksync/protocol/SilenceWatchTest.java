package io.iblocksync.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SilenceWatchTest {
  private final CountDownLatch silent = new CountDownLatch(1);

  @Test
  void silenceWhileSomethingWaitsIsNoticed() throws Exception {
    long start = System.nanoTime();
    SilenceWatch.start(() -> 1, 1, silent::countDown);
    silent.await();
    assertTrue(System.nanoTime() - start >= 900_000_000, "noticed too soon");
  }

  @Test
  void whoDoesNotWaitCannotTellSilence() throws Exception {
    SilenceWatch watch = SilenceWatch.start(() -> -1, 1, silent::countDown);
    assertFalse(silent.await(1500, TimeUnit.MILLISECONDS));
    watch.end();
  }

  @Test
  void everySignOfLifeBeginsTheTimeAgain() throws Exception {
    AtomicLong signs = new AtomicLong();
    SilenceWatch watch = SilenceWatch.start(signs::incrementAndGet, 1, silent::countDown);
    assertFalse(silent.await(1500, TimeUnit.MILLISECONDS));
    watch.end();
  }

  @Test
  void nothingIsNoticedAfterTheEndOfTheWatch() throws Exception {
    SilenceWatch.start(() -> 1, 1, silent::countDown).end();
    assertFalse(silent.await(1500, TimeUnit.MILLISECONDS));
  }

  @Test
  void signsOfLifeComeSeveralTimesInATimeout() {
    assertEquals(250, SilenceWatch.aliveMillis(1));
    assertEquals(30_000, SilenceWatch.aliveMillis(300));
    assertEquals(30_000, SilenceWatch.aliveMillis(1_000_000_000));
  }

  @Test
  void noTimeoutIsTooLongToBeCounted() throws Exception {
    for (long seconds : new long[] {Long.MAX_VALUE, Long.MAX_VALUE / 1000 + 1}) {
      assertEquals(30_000, SilenceWatch.aliveMillis(seconds));
      SilenceWatch watch = SilenceWatch.start(() -> 1, seconds, silent::countDown);
      assertFalse(silent.await(100, TimeUnit.MILLISECONDS));
      watch.end();
    }
  }
}
