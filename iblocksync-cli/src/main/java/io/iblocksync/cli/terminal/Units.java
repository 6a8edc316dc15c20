package io.iblocksync.cli.terminal;

/**
 * Numbers for people, with one digit after the point, made without the slow java.util.Formatter.
 */
public final class Units {
  private static final String[] PREFIXES = {"", "k", "M", "G", "T", "P", "E"};

  private Units() {}

  /** As in {@code 3.2 s}. */
  public static String seconds(long nanos) {
    return tenths(nanos / 100_000_000) + " s";
  }

  /** As in {@code 28 MB/s} or {@code 2.8 MB/s}: at most three digits; units of 1000. */
  static String shortRate(long perSecond) {
    int prefix = 0;
    long tenths = perSecond * 10;
    while (tenths >= 9995 && prefix < PREFIXES.length - 1) {
      tenths /= 1000;
      prefix++;
    }
    String number = tenths < 100 && prefix > 0 ? tenths(tenths) : Long.toString(tenths / 10);
    return number + " " + PREFIXES[prefix] + "B/s";
  }

  /** As in {@code 28.5 MB}; units of 1000. */
  public static String bytes(long bytes) {
    int prefix = 0;
    long tenths = bytes * 10;
    while (tenths >= 10_000 && prefix < PREFIXES.length - 1) {
      tenths /= 1000;
      prefix++;
    }
    return (prefix == 0 ? Long.toString(bytes) : tenths(tenths)) + " " + PREFIXES[prefix] + "B";
  }

  /** As in {@code 1:02:03} or {@code 02:03}. */
  static String duration(long seconds) {
    long hours = seconds / 3600;
    String rest = twoDigits(seconds / 60 % 60) + ":" + twoDigits(seconds % 60);
    return hours == 0 ? rest : hours + ":" + rest;
  }

  private static String twoDigits(long number) {
    return number < 10 ? "0" + number : Long.toString(number);
  }

  private static String tenths(long tenths) {
    return tenths / 10 + "." + tenths % 10;
  }
}
