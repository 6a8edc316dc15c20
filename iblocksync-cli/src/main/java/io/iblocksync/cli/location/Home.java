package io.iblocksync.cli.location;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Homes on this machine, for paths whose tilde no shell has expanded. */
public final class Home {
  private Home() {}

  /**
   * Expands a leading {@code ~} or {@code ~user}; any other path is returned as it is. The own home
   * is HOME, or what the user database says if HOME is not set.
   *
   * @throws IllegalArgumentException if there is no such user or home, with a message for the user
   */
  public static String expand(String path, Map<String, String> environment) {
    if (!path.startsWith("~")) {
      return path;
    }
    int slash = path.indexOf('/');
    int end = slash < 0 ? path.length() : slash;
    String user = path.substring(1, end);
    String home = user.isEmpty() ? own(environment) : of(user);
    if (home == null || home.isEmpty()) {
      String whose =
          user.isEmpty() ? "you have no home directory" : "there is no user '" + user + "'";
      throw new IllegalArgumentException(
          "'" + path + "': " + whose + " (a name that begins with a tilde is written ./~NAME)");
    }
    if (home.endsWith("/")) {
      home = home.substring(0, home.length() - 1);
    }
    String expanded = home + path.substring(end);
    return expanded.isEmpty() ? "/" : expanded;
  }

  private static String own(Map<String, String> environment) {
    String home = environment.get("HOME");
    if (home != null && !home.isEmpty()) {
      return home;
    }
    // Java asks the user database, and says "?" if it has no answer.
    home = System.getProperty("user.home");
    return "?".equals(home) ? null : home;
  }

  /** Returns a user's home, or null if there is no such user. */
  private static String of(String user) {
    if (user.startsWith("-")) {
      return null;
    }
    try {
      Process process =
          new ProcessBuilder("getent", "passwd", user)
              .redirectInput(Redirect.from(new java.io.File("/dev/null")))
              .redirectError(Redirect.DISCARD)
              .start();
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        return homeOf(user, reader.readLine());
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the home of '" + user + "' cannot be found out: " + e.getMessage(), e);
    }
  }

  /** Takes the sixth of the seven fields of a line of the user database (passwd(5)). */
  private static String homeOf(String user, String line) {
    // A number finds a user by its id: ~0 is not root's home.
    if (line == null || !line.startsWith(user + ":")) {
      return null;
    }
    int start = 0;
    for (int field = 0; field < 5; field++) {
      start = line.indexOf(':', start) + 1;
      if (start == 0) {
        return null;
      }
    }
    int end = line.indexOf(':', start);
    return line.substring(start, end < 0 ? line.length() : end);
  }
}
