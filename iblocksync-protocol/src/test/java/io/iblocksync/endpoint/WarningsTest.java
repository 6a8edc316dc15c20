package io.iblocksync.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.program.Log;
import io.iblocksync.testing.StandardError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WarningsTest {
  private StandardError error;

  @BeforeEach
  void catchStandardError() {
    error = new StandardError();
  }

  @AfterEach
  void release() {
    Warnings.release();
    error.close();
  }

  @Test
  void whatIsCollectedIsNotPrinted() {
    Warnings.collect();
    Log.warn("first");
    Log.warn("second");
    assertEquals("first", Warnings.poll());
    assertEquals("second", Warnings.poll());
    assertNull(Warnings.poll());
    assertEquals("", error.text());
  }

  @Test
  void whatHasNoRoomIsPrinted() {
    Warnings.collect();
    for (int i = 0; i < 101; i++) {
      Log.warn("number " + i);
    }
    assertTrue(error.text().endsWith("WARNING: number 100\n"), error.text());
    assertEquals(1, error.text().lines().count(), error.text());
  }

  @Test
  void whatWasNotSentIsPrintedAtTheEnd() {
    Warnings.collect();
    Log.warn("late");
    Warnings.release();
    assertTrue(error.text().endsWith("WARNING: late\n"), error.text());
    assertNull(Warnings.poll());
  }
}
