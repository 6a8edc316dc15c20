package io.iblocksync.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressStyleTest {
  @ParameterizedTest
  @CsvSource({
    // style, debugging, terminal, what is shown
    "NONE, false, true, NONE",
    "DOT, false, false, DOT",
    "DOT, true, true, NONE",
    "FULL, false, true, FULL",
    "FULL, false, false, NONE",
    "FULL, true, true, NONE",
    "JSON, true, false, JSON",
    "JSON, false, true, JSON"
  })
  void debuggingOutputAndWhatIsNoTerminalHideTheProgress(
      ProgressStyle style, boolean debugging, boolean terminal, ProgressStyle shown) {
    assertEquals(shown, style.shown(debugging, terminal));
  }
}
