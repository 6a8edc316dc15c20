package io.iblocksync.cli.location;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a user gives as commands and locations. */
public final class WordsFuzz {
  private WordsFuzz() {}

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    try {
      for (String word : ShellWords.split(text)) {
        if (!ShellWords.split(ShellWords.quote(word)).equals(List.of(word))) {
          throw new IllegalStateException("quoted it is another word: " + word);
        }
      }
    } catch (IllegalArgumentException e) {
      if (e.getMessage() == null) {
        throw new IllegalStateException("nothing for the user", e);
      }
    }
    try {
      LocationParser.parse(text);
    } catch (IllegalArgumentException e) {
      if (e.getMessage() == null) {
        throw new IllegalStateException("nothing for the user", e);
      }
    }
  }
}
