package io.iblocksync.cli.relay;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.FuzzInputs;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ComparerFuzzTest {
  @Test
  void hashesInAnyOrderGiveEachBlockOneVerdict() throws IOException {
    assertTrue(FuzzInputs.replay(ComparerFuzz.class, ComparerFuzz::fuzzerTestOneInput) > 0);
  }
}
