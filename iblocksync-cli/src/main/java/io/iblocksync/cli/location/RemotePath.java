package io.iblocksync.cli.location;

/** A path on its way through the login shell of another machine. */
public final class RemotePath {
  private RemotePath() {}

  /**
   * Quotes a path so that the shell there hands it on as it is. Only a leading {@code ~} or {@code
   * ~user} is left to the shell, which knows the homes there; a user's name with other characters
   * than letters, digits, dot, dash and underscore is quoted too, and so means a file of that name.
   */
  public static String quote(String path) {
    int home = homeEnd(path);
    String rest = path.substring(home);
    return rest.isEmpty() ? path : path.substring(0, home) + ShellWords.quote(rest);
  }

  /** Returns the length of the leading {@code ~} or {@code ~user}, or 0 if there is none. */
  private static int homeEnd(String path) {
    if (!path.startsWith("~") || path.startsWith("~-")) {
      return 0; // ~- would be the previous directory
    }
    for (int i = 1; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '/') {
        return i;
      }
      boolean name =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || c == '.'
              || c == '_'
              || c == '-';
      if (!name) {
        return 0;
      }
    }
    return path.length();
  }
}
