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
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> printable.append("\\n");
        case '\r' -> printable.append("\\r");
        case '\t' -> printable.append("\\t");
        default -> {
          if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
            printable.append("\\x").append(Integer.toHexString(c));
          } else {
            printable.append(c);
          }
        }
      }
    }
    return printable.toString();
  }
}
