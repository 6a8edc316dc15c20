package io.iblocksync.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
  @Test
  void whatIsHarmlessStaysAsItIs() {
    String text = "a path/with blanks, \u00e4 \u4e2d \ud83d\ude00 \\ \u00a0.";
    assertEquals(text, Printable.line(text));
  }

  /**
   * Of control, to turn the direction, to end lines, to hide (also behind 16 bits), half of a pair.
   */
  @ParameterizedTest
  @ValueSource(
      ints = {0, 7, 0x1b, 0x7f, 0x85, 0x9b, 0xad, 0x202e, 0x2028, 0x2029, 0xfeff, 0xe0041, 0xd800})
  void whatATerminalCouldTakeForMoreThanTextIsEscaped(int code) {
    String text = "a" + Character.toString(code) + "b";
    assertEquals("a\\x" + Integer.toHexString(code) + "b", Printable.line(text));
  }

  @Test
  void linesBecomeOne() {
    assertEquals("a\\nb\\r\\tc", Printable.line("a\nb\r\tc"));
    assertEquals("a\\nb", Printable.first(ByteBuffer.wrap(new byte[] {'a', '\n', 'b', ' ', '\n'})));
  }
}
