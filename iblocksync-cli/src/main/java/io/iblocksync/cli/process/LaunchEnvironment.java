package io.iblocksync.cli.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** What the launcher says of the caller: its environment and its terminal. */
public final class LaunchEnvironment {
  /** What the launcher has put before the names of variables to which it gave other values. */
  private static final String SAVED = "IBLOCKSYNC_";

  private LaunchEnvironment() {}

  /** The environment as it was before the launcher changed what Java would take from it. */
  public static Map<String, String> environment() {
    return restored(System.getenv(), System.getProperty("iblocksync.changed", ""));
  }

  /**
   * @param changed the names of the variables to restore, separated by commas
   */
  static Map<String, String> restored(Map<String, String> environment, String changed) {
    Map<String, String> all = new HashMap<>(environment);
    for (String name : changed.isEmpty() ? new String[0] : changed.split(",")) {
      String saved = all.remove(SAVED + name);
      if (saved == null) {
        all.remove(name);
      } else {
        all.put(name, saved);
      }
    }
    return all;
  }

  /** Whether a descriptor (0, 1, 2) is a terminal. */
  public static boolean isTerminal(int descriptor) {
    return System.getProperty("iblocksync.tty", "").indexOf('0' + descriptor) >= 0;
  }

  /**
   * Whether there is a terminal at which somebody can be asked, such as for a password: ssh opens
   * it, whatever the standard descriptors are.
   */
  public static boolean hasTerminal() {
    if (isTerminal(0)) {
      return true;
    }
    try (FileInputStream terminal = new FileInputStream("/dev/tty")) {
      return terminal.getFD().valid();
    } catch (IOException e) {
      return false;
    }
  }
}
