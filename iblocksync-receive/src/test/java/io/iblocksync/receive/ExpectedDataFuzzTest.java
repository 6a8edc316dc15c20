package io.iblocksync.receive;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.FuzzInputs;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ExpectedDataFuzzTest {
  @Test
  void noByteIsTakenThatWasNotDecidedToDiffer() throws IOException {
    assertTrue(FuzzInputs.replay(ExpectedDataFuzz.class, ExpectedDataFuzz::fuzzerTestOneInput) > 0);
  }
}
