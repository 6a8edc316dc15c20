package io.iblocksync.cli;

import java.util.HashMap;
import java.util.Map;

/** What the launcher says of the caller: its environment and its terminal. */
final class Caller {
  private static final String SAVED_LOCALE = "IBLOCKSYNC_LC_ALL";

  private Caller() {}

  /** The environment as it was before the launcher gave Java a locale of its own. */
  static Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    if (System.getProperty("iblocksync.locale") != null) {
      String saved = environment.remove(SAVED_LOCALE);
      if (saved == null) {
        environment.remove("LC_ALL");
      } else {
        environment.put("LC_ALL", saved.substring(1));
      }
    }
    return environment;
  }

  /** Whether a descriptor (0, 1, 2) is a terminal. */
  static boolean isTerminal(int descriptor) {
    return System.getProperty("iblocksync.tty", "").indexOf('0' + descriptor) >= 0;
  }
}
