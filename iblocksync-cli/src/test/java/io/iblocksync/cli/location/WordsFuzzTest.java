package io.iblocksync.cli.location;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.FuzzInputs;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class WordsFuzzTest {
  @Test
  void wordsAndLocationsThatFuzzingFoundAreReadOrRefused() throws IOException {
    assertTrue(FuzzInputs.replay(WordsFuzz.class, WordsFuzz::fuzzerTestOneInput) > 0);
  }
}
