package io.iblocksync.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.JavaProcess;
import io.iblocksync.testing.StandardError;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogTest {
  private static final String DATE = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}: ";

  private StandardError error;

  @BeforeEach
  void catchStandardError() {
    error = new StandardError();
  }

  @AfterEach
  void reset() {
    error.close();
    Log.verbosity(0);
    Log.name(null);
  }

  private void assertPrinted(String pattern) {
    assertTrue(error.text().matches(pattern), error.text());
  }

  @Test
  void aWarningLooksAsTheOriginalsDo() {
    Log.warn("the text {} 100%");
    assertPrinted(DATE + "WARNING: the text \\{} 100%\n");
  }

  @Test
  void theNameStandsBeforeTheText() {
    Log.name("iblocksync-receive");
    Log.warn("text");
    assertPrinted(DATE + "WARNING: iblocksync-receive: text\n");
  }

  @Test
  void whatATerminalWouldObeyIsEscaped() {
    Log.warn("\u001b[2J and\nanother line");
    assertPrinted(DATE + "WARNING: \\\\x1b\\[2J and\\\\nanother line\n");
  }

  @Test
  void onlyWarningsArePrintedAtFirst() {
    Log.info("text");
    Log.debug("text");
    Log.debug(new IOException());
    assertEquals("", error.text());
    assertFalse(Log.info());
    assertFalse(Log.debug());
  }

  @Test
  void theFirstVerbosityPrintsInfo() {
    Log.verbosity(1);
    Log.info("text");
    Log.debug("more");
    assertPrinted(DATE + "INFO text\n");
    assertTrue(Log.info());
    assertFalse(Log.debug());
  }

  @Test
  void theSecondVerbosityPrintsDebugToo() {
    Log.verbosity(2);
    Log.info("text");
    Log.debug("more");
    assertPrinted(DATE + "INFO text\n" + DATE + "DEBUG more\n");
  }

  @Test
  void theVerbosityCanChangeAfterTheFirstLine() {
    Log.warn("first");
    Log.verbosity(3);
    Log.debug("second");
    assertPrinted(DATE + "WARNING: first\n" + DATE + "DEBUG second\n");
  }

  @Test
  void stackTracesArePrintedAtDebug() {
    Log.verbosity(2);
    Log.debug(new IOException("broken"));
    assertPrinted("(?s)" + DATE + "DEBUG stack trace\njava.io.IOException: broken\n\tat .*");
  }

  @Test
  void slf4jIsNotLoadedForWhatIsNotPrinted() throws IOException {
    // It would fail: slf4j is not on the class path.
    assertEquals("done", JavaProcess.run(List.of(Quiet.class, Log.class)));
  }

  /** Says nothing. */
  static final class Quiet {
    public static void main(String[] args) {
      Log.verbosity(0);
      Log.name("quiet");
      Log.info("text");
      Log.debug("text");
      Log.debug(new IOException());
      System.out.println("done");
    }
  }
}
