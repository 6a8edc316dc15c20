package io.iblocksync.program;

import java.math.BigDecimal;

/** A number of bytes as users write it: a number, possibly with decimals, and a suffix. */
public final class ByteCount {
  /** Each prefix stands for 1024 (or, before a B, 1000) times the one before it. */
  private static final String PREFIXES = "KMGTPE";

  private ByteCount() {}

  /**
   * Reads a number of bytes: a decimal number and one of the suffixes B (bytes), K, M, G, T, P, E
   * (powers of 1024), KiB, MiB, ... (the same), kB, MB, GB, TB, PB, EB (powers of 1000), or none
   * (bytes). Each may be in lower case instead, so that {@code k} is 1024 and {@code kb} is 1000.
   *
   * @param name what the number is, for the message
   * @param max the largest one, a power of 1024
   * @return 1 to {@code max}
   * @throws IllegalArgumentException if it is none; the message names the text and is fit for the
   *     user
   */
  public static long parse(String name, String text, long max) {
    try {
      return parse(text, max);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "invalid " + name + " '" + text + "': " + e.getMessage(), e);
    }
  }

  private static long parse(String text, long max) {
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
          "expected a number with a suffix of B, K, M, G, T, P, E, kB, MB, GB, TB, PB, EB,"
              + " KiB, MiB, ... or none");
    }
    if (start > 0) {
      throw refused("must be at least 1 byte");
    }
    String number = text.substring(0, end);
    return fraction ? ofFraction(number, unit, max) : ofWhole(number, unit, max);
  }

  private static long ofWhole(String number, long unit, long max) {
    long value = 0;
    for (int i = 0; i < number.length(); i++) {
      // Once above the limit it stays there: no overflow, however many digits follow.
      value = Math.min(value * 10 + number.charAt(i) - '0', max + 1);
    }
    if (value == 0) {
      throw refused("must be at least 1 byte");
    }
    if (value > max / unit) {
      throw tooMuch(max);
    }
    return value * unit;
  }

  private static long ofFraction(String number, long unit, long max) {
    BigDecimal value = new BigDecimal(number).multiply(BigDecimal.valueOf(unit));
    if (value.signum() == 0) {
      throw refused("must be at least 1 byte");
    }
    if (value.compareTo(BigDecimal.valueOf(max)) > 0) {
      throw tooMuch(max);
    }
    if (value.stripTrailingZeros().scale() > 0) {
      throw refused("is not a whole number of bytes");
    }
    return value.longValue();
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

  private static IllegalArgumentException tooMuch(long max) {
    int prefix = (Long.SIZE - 1 - Long.numberOfLeadingZeros(max)) / 10;
    return refused("must be at most 1" + PREFIXES.charAt(prefix - 1));
  }

  private static IllegalArgumentException refused(String reason) {
    return new IllegalArgumentException(reason);
  }
}
