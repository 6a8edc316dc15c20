package io.iblocksync.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CompressionLevelTest {
  /** What has been measured for no longer than this counts for nothing, in nanoseconds. */
  private static final long ENOUGH = 400_000_000;

  private final CompressionLevel level = new CompressionLevel();

  @Test
  void itBeginsInTheMiddle() {
    assertEquals(6, level.next());
    assertFalse(level.high());
  }

  @Test
  void aLinkThatTakesMoreThanTwoAndAHalfTimesAsLongRaisesIt() {
    assertEquals(9, after(1000, 2501));
    assertTrue(level.high());
    assertEquals(12, after(1000, 2501));
    assertEquals(12, after(1000, 2501));
  }

  @Test
  void aLinkThatTakesLessTimeThanCompressingLowersIt() {
    assertEquals(3, after(1000, 999));
    assertFalse(level.high());
    assertEquals(1, after(1000, 999));
    assertEquals(1, after(1000, 999));
  }

  @Test
  void inBetweenItStays() {
    assertEquals(6, after(1000, 1000));
    assertEquals(6, after(1000, 2500));
  }

  @Test
  void littleThatWasMeasuredCountsForNothingUntilMoreHasBeen() {
    level.compressed(1);
    level.written(ENOUGH - 1);
    assertEquals(6, level.next());
    level.written(1);
    assertEquals(9, level.next());
    // And from here on anew.
    level.compressed(ENOUGH);
    assertEquals(9, level.next());
    level.compressed(1);
    assertEquals(6, level.next());
  }

  @Test
  void withoutAnythingCompressedNothingIsKnown() {
    level.written(10 * ENOUGH);
    assertEquals(6, level.next());
  }

  @Test
  void whatDecidedNothingIsForgotten() {
    assertEquals(6, after(1000, 1000));
    level.compressed(1);
    level.written(ENOUGH);
    assertEquals(9, level.next());
  }

  /** The level after both have taken so many times as long as is enough, divided by a thousand. */
  private int after(long compressing, long writing) {
    level.compressed(compressing * ENOUGH / 1000);
    level.written(writing * ENOUGH / 1000);
    return level.next();
  }
}
