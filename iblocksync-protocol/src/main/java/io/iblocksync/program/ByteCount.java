package io.iblocksync.program;

import java.math.BigDecimal;

/** Parses numbers of bytes as users write them: a number, possibly with decimals, and a suffix. */
public final class ByteCount {
  /** In ascending order: each prefix is 1024 (or, before a B, 1000) times the previous one. */
  private static final String PREFIXES = "KMGTPE";

  private ByteCount() {}

  /**
   * Parses a number of bytes: a decimal number and one of the suffixes B (bytes), K, M, G, T, P, E
   * (powers of 1024), KiB, MiB, ... (the same), kB, MB, GB, TB, PB, EB (powers of 1000), or none
   * (bytes). Each suffix may also be in lower case: {@code k} is 1024, {@code kb} is 1000.
   *
   * @param name what the number is, for the error text
   * @param max the largest valid value, a power of 1024
   * @return the number, 1 to {@code max}
   * @throws IllegalArgumentException if the text is not such a number; the message quotes the text
   *     and can be shown to the user
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
      // Once above the limit, the value stays there: it cannot overflow, whatever follows.
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

  /** Returns the number of bytes that a suffix means; 0 if the suffix is unknown. */
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
      // The decimal kilo is a small k. KB is not accepted, because many people read it as 1024.
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
