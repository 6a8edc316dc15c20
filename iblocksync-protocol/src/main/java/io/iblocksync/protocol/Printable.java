package io.iblocksync.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Makes text from a peer harmless for a terminal, and puts it on one line. */
public final class Printable {
  private Printable() {}

  /** Decodes bytes as UTF-8 and returns them like {@link #line}, without blanks at the ends. */
  public static String first(ByteBuffer bytes) {
    return line(StandardCharsets.UTF_8.decode(bytes.duplicate()).toString().strip());
  }

  /**
   * Returns the text with escapes in place of line ends, tabs, and other control and format
   * characters.
   */
  public static String line(String text) {
    StringBuilder printable = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
      int c = text.codePointAt(i);
      switch (c) {
        case '\n' -> printable.append("\\n");
        case '\r' -> printable.append("\\r");
        case '\t' -> printable.append("\\t");
        default -> {
          if (isHarmless(c)) {
            printable.appendCodePoint(c);
          } else {
            printable.append("\\x").append(Integer.toHexString(c));
          }
        }
      }
    }
    return printable.toString();
  }

  private static boolean isHarmless(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}
