package io.iblocksync.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Makes what a remote sent harmless for a terminal, on one line. */
public final class Printable {
  private Printable() {}

  /** The bytes as text. */
  public static String first(ByteBuffer bytes) {
    return line(StandardCharsets.UTF_8.decode(bytes.duplicate()).toString().strip());
  }

  /** The text with line ends, tabs and other control characters written as escapes. */
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
