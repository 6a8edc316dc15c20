package io.iblocksync.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StatusLineTest {
  private static final String ERASE = "\u001b[K";

  private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();

  private String drawn() {
    String text = terminal.toString(StandardCharsets.UTF_8);
    terminal.reset();
    return text;
  }

  @Test
  void aLineIsDrawnOverTheOneBeforeInOnePiece() {
    StatusLine line = new StatusLine(terminal, true);
    line.show("first");
    assertEquals("\rfirst" + ERASE, drawn());
    line.show("2nd");
    assertEquals("\r2nd" + ERASE, drawn());
    line.end();
    assertEquals("\r" + ERASE, drawn());
  }

  @Test
  void aLineThatHasNotChangedIsNotDrawnAgain() {
    StatusLine line = new StatusLine(terminal, true);
    line.show("same");
    drawn();
    line.show("same");
    assertEquals("", drawn());
    line.end();
  }

  @Test
  void aTerminalThatCannotEraseGetsBlanks() {
    StatusLine line = new StatusLine(terminal, false);
    line.show("first");
    line.show("2nd");
    assertEquals("\rfirst\r2nd  ", drawn());
    line.end();
    assertEquals("\r   \r", drawn());
  }

  @Test
  void whatIsPrintedTakesTheLinesPlace() {
    StatusLine line = new StatusLine(terminal, true);
    line.show("status");
    drawn();
    System.err.print("Sure? ");
    assertEquals("\r" + ERASE + "Sure? ", drawn());
    line.show("status");
    assertEquals("", drawn(), "not behind a line that has begun");
    System.err.println("Yes");
    drawn();
    line.show("status");
    assertEquals("\rstatus" + ERASE, drawn());
    line.end();
  }

  @Test
  void standardErrorIsGivenBack() {
    PrintStream before = System.err;
    StatusLine line = new StatusLine(terminal, true);
    assertNotSame(before, System.err);
    line.end();
    assertSame(before, System.err);
  }
}
