package io.iblocksync.testing;

import java.util.HexFormat;

/** Bytes written by hand. */
public final class Hex {
  private Hex() {}

  /** The bytes that hexadecimal digits stand for; blanks and line ends are for the reader only. */
  public static byte[] bytes(String digits) {
    return HexFormat.of().parseHex(digits.replaceAll("\\s", ""));
  }

  public static String text(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
