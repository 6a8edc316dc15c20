package io.iblocksync.cli.location;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Recognizes a remote location whose colon is missing, such as {@code root@db/dev/vg/lv}. */
public final class MissingColon {
  private MissingColon() {}

  /**
   * What to add to the error about a local file that does not exist; empty unless its path begins
   * as {@code user@host/} does, and with no directory of that name.
   */
  public static String hint(Location location) {
    String text = location instanceof Location.Local ? location.path() : "";
    int slash = text.indexOf('/');
    int at = text.indexOf('@');
    if (at <= 0 || slash < at + 2 || isDirectory(text.substring(0, slash))) {
      return "";
    }
    String remote = text.substring(0, slash) + ":" + text.substring(slash);
    return " (a path on another machine has a colon after its name: " + remote + ")";
  }

  private static boolean isDirectory(String name) {
    try {
      return Files.isDirectory(Path.of(name));
    } catch (InvalidPathException e) {
      return true; // It is no such location.
    }
  }
}
