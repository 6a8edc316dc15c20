package io.iblocksync.protocol;

import java.math.BigDecimal;

/** The size of blocks as users write it: a number, possibly with decimals, and a suffix. */
public final class BlockSize {
  /** The largest block size: 1 GiB. */
  public static final int MAX = 1 << 30;

  /** The block size without {@code --block}: 1 MiB. */
  public static final int DEFAULT = 1 << 20;

  /** Each prefix stands for 1024 (or, before a B, 1000) times the one before it. */
  private static final String PREFIXES = "KMGTPE";

  private BlockSize() {}

  /**
   * Reads a block size: a decimal number and one of the suffixes B (bytes), K, M, G, T, P, E
   * (powers of 1024), KiB, MiB, ... (the same), kB, MB, GB, TB, PB, EB (powers of 1000), or none
   * (bytes). Each may be in lower case instead, so that {@code k} is 1024 and {@code kb} is 1000.
   *
   * @return the size in bytes, 1 to {@link #MAX}
   * @throws IllegalArgumentException if it is none; the message names the text and is fit for the
   *     user
   */
  public static int parse(String text) {
    int start = text.startsWith("-") ? 1 : 0;
    int end = start;
    int digits = 0;
    boolean fraction = false;
    for (; end < text.length(); end++) {
      char c = text.charAt(end);
      if (c >= '0' && c <= '9') {
        digits++;
      } else if (c == '.' && !fraction) {
        fraction = true;
      } else {
        break;
      }
    }
    long unit = digits == 0 ? 0 : unit(text.substring(end));
    if (unit == 0) {
      throw refused(
          text,
          "expected a number with a suffix of B, K, M, G, T, P, E, kB, MB, GB, TB, PB, EB,"
              + " KiB, MiB, ... or none");
    }
    if (start > 0) {
      throw refused(text, "must be at least 1 byte");
    }
    String number = text.substring(0, end);
    return fraction ? ofFraction(text, number, unit) : ofWhole(text, number, unit);
  }

  private static int ofWhole(String text, String number, long unit) {
    long value = 0;
    for (int i = 0; i < number.length(); i++) {
      // Once above the limit it stays there: no overflow, however many digits follow.
      value = Math.min(value * 10 + number.charAt(i) - '0', MAX + 1L);
    }
    if (value == 0) {
      throw refused(text, "must be at least 1 byte");
    }
    if (value > MAX / unit) {
      throw refused(text, "must be at most 1G");
    }
    return (int) (value * unit);
  }

  private static int ofFraction(String text, String number, long unit) {
    BigDecimal value = new BigDecimal(number).multiply(BigDecimal.valueOf(unit));
    if (value.signum() == 0) {
      throw refused(text, "must be at least 1 byte");
    }
    if (value.compareTo(BigDecimal.valueOf(MAX)) > 0) {
      throw refused(text, "must be at most 1G");
    }
    if (value.stripTrailingZeros().scale() > 0) {
      throw refused(text, "is not a whole number of bytes");
    }
    return value.intValue();
  }

  /** The number of bytes that a suffix stands for; 0 if it is none. */
  private static long unit(String suffix) {
    if (suffix.isEmpty() || suffix.equals("B") || suffix.equals("b")) {
      return 1;
    }
    long binary = 1;
    long decimal = 1;
    for (int i = 0; i < PREFIXES.length(); i++) {
      binary *= 1024;
      decimal *= 1000;
      char upper = PREFIXES.charAt(i);
      char lower = (char) (upper + 'a' - 'A');
      char first = suffix.charAt(0);
      if (first != upper && first != lower) {
        continue;
      }
      String rest = suffix.substring(1);
      if (rest.isEmpty() || rest.equals(first == upper ? "iB" : "ib")) {
        return binary;
      }
      // Kilo is a small k in base 10; KB is left out because to many it means 1024.
      boolean kilo = upper == 'K';
      if ((first == lower && rest.equals("b"))
          || (first == (kilo ? lower : upper) && rest.equals("B"))) {
        return decimal;
      }
    }
    return 0;
  }

  private static IllegalArgumentException refused(String text, String reason) {
    return new IllegalArgumentException("invalid block size '" + text + "': " + reason);
  }
}
