package io.iblocksync.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptTest {
  private static final String PROMPT = "The size differs. Continue? [Y/n] ";

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private boolean preset = true;

  private boolean ask(InputStream in) {
    PrintStream out = new PrintStream(printed, false, StandardCharsets.UTF_8);
    return Prompt.ask("the size differs. Continue?", preset, in, out);
  }

  private boolean ask(String input) {
    return ask(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "y\n", "Y\n", "yes\n", "YES\n", " yes \r\n", "y"})
  void yesIsYesAndTheDefault(String input) {
    assertTrue(ask(input));
    assertEquals(PROMPT, printed());
  }

  @ParameterizedTest
  @ValueSource(strings = {"n\n", "N\n", "no\n", "No\n", "n"})
  void noIsNo(String input) {
    assertFalse(ask(input));
    assertEquals(PROMPT, printed());
  }

  @Test
  void anEmptyLineIsNoWhereThatIsThePreset() {
    preset = false;
    assertFalse(ask("\n"));
    assertEquals("The size differs. Continue? [y/N] ", printed());
    assertTrue(ask("y\n"));
  }

  @Test
  void theEndOfTheInputIsNoAndEndsTheLine() {
    assertFalse(ask(""));
    assertEquals(PROMPT + System.lineSeparator(), printed());
  }

  @Test
  void anInputThatBreaksIsNo() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("broken");
          }
        };
    assertFalse(ask(broken));
  }

  @Test
  void whatIsNeitherIsAskedAgain() {
    assertTrue(ask("maybe\nyess\ny\n"));
    assertEquals(PROMPT.repeat(3), printed());
  }

  @Test
  void afterFiveAnswersThatAreNeitherItIsNo() {
    assertFalse(ask("?\n".repeat(5) + "y\n"));
    assertEquals(PROMPT.repeat(5), printed());
  }

  @Test
  void theAnswerToTheNextQuestionIsLeft() {
    InputStream in = new ByteArrayInputStream("y\nn\n".getBytes(StandardCharsets.UTF_8));
    assertTrue(ask(in));
    assertFalse(ask(in));
  }
}
