package io.iblocksync.endpoint;

public final class Log {
  private static int level;
  private static String name;

  public static void verbosity(int l) {
    level = l;
  }

  public static void name(String n) {
    name = n;
  }

  public static boolean info() {
    return level > 0;
  }

  public static boolean debug() {
    return level > 1;
  }

  public static void warn(String t) {
    System.err.println(name + " W " + t);
  }

  public static void info(String t) {
    if (level > 0) System.err.println(name + " I " + t);
  }

  public static void debug(String t) {
    if (level > 1) System.err.println(name + " D " + t);
  }

  public static void debug(Throwable t) {
    if (level > 1) t.printStackTrace();
  }

  private Log() {}
}
