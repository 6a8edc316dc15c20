package io.iblocksync.cli.it;

import java.util.List;

/** Words for a POSIX shell. */
public final class Shell {
  private Shell() {}

  public static String quote(Object word) {
    return "'" + word.toString().replace("'", "'\\''") + "'";
  }

  public static String quote(List<String> words) {
    StringBuilder text = new StringBuilder();
    for (String word : words) {
      text.append(text.isEmpty() ? "" : " ").append(quote(word));
    }
    return text.toString();
  }
}
