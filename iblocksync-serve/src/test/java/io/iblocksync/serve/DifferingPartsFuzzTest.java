package io.iblocksync.serve;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.FuzzInputs;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class DifferingPartsFuzzTest {
  @Test
  void noByteIsSentThatWasNotAskedFor() throws IOException {
    assertTrue(
        FuzzInputs.replay(DifferingPartsFuzz.class, DifferingPartsFuzz::fuzzerTestOneInput) > 0);
  }
}
