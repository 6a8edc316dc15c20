package io.iblocksync.cli.location;

import java.util.ArrayList;
import java.util.List;

/** Words as a POSIX shell splits and quotes them (POSIX.1-2017, Shell Command Language, 2.2). */
public final class ShellWords {
  private static final int FIRST_BEYOND_ASCII = 0x80;

  private ShellWords() {}

  /**
   * Splits a command into its words. Blanks, quotes and backslashes mean what they mean to a shell;
   * nothing is expanded, and operators such as {@code ;} or {@code |} are plain characters.
   *
   * @throws IllegalArgumentException if a quote is not closed, or a backslash stands at the end
   */
  public static List<String> split(String command) {
    List<String> words = new ArrayList<>();
    StringBuilder word = null; // null between words; "" is a word
    int i = 0;
    while (i < command.length()) {
      char c = command.charAt(i);
      if (c == ' ' || c == '\t' || c == '\n') {
        if (word != null) {
          words.add(word.toString());
          word = null;
        }
        i++;
        continue;
      }
      if (c == '\\' && command.startsWith("\n", i + 1)) {
        i += 2; // A continued line does not even end a word.
        continue;
      }
      if (word == null) {
        word = new StringBuilder();
      }
      switch (c) {
        case '\'' -> i = singleQuoted(command, i, word);
        case '"' -> i = doubleQuoted(command, i, word);
        case '\\' -> {
          if (i + 1 == command.length()) {
            throw new IllegalArgumentException("nothing follows the last backslash: " + command);
          }
          word.append(command.charAt(i + 1));
          i += 2;
        }
        default -> {
          word.append(c);
          i++;
        }
      }
    }
    if (word != null) {
      words.add(word.toString());
    }
    return words;
  }

  private static int singleQuoted(String command, int open, StringBuilder word) {
    int close = command.indexOf('\'', open + 1);
    if (close < 0) {
      throw unclosed(command);
    }
    word.append(command, open + 1, close);
    return close + 1;
  }

  private static int doubleQuoted(String command, int open, StringBuilder word) {
    for (int i = open + 1; i < command.length(); i++) {
      char c = command.charAt(i);
      if (c == '"') {
        return i + 1;
      }
      if (c == '\\' && i + 1 < command.length() && "$`\"\\\n".indexOf(command.charAt(i + 1)) >= 0) {
        c = command.charAt(++i);
        if (c == '\n') {
          continue;
        }
      }
      word.append(c);
    }
    throw unclosed(command);
  }

  private static IllegalArgumentException unclosed(String command) {
    return new IllegalArgumentException("a quote is not closed: " + command);
  }

  /** Quotes words, each as {@link #quote(String)} does, with a space between them. */
  public static String quote(List<String> words) {
    StringBuilder line = new StringBuilder();
    for (String word : words) {
      line.append(line.length() == 0 ? "" : " ").append(quote(word));
    }
    return line.toString();
  }

  /**
   * Quotes a word so that a shell takes it as it is, whatever it holds.
   *
   * <p>The login shell of another machine need not be a POSIX shell. Within single quotes a
   * backslash escapes in fish, and csh replaces {@code !} and ends the word at a newline, so each
   * special character gets a backslash of its own instead, which all of them understand: {@code
   * it's} becomes {@code it\'s}.
   *
   * <p>Only a newline has no spelling that sh and csh share. csh complains of the quote that is not
   * closed on the line, but then runs the next line. The empty pair of quotes is nothing to sh, but
   * to csh it makes all of that line the name of a command that does not exist.
   *
   * <p>What is not ASCII goes between single quotes, which mean the same to all of them there: a
   * shell may end a word at any character that Unicode calls white space (fish 4 does), or that its
   * locale does, in which the bytes can be other characters than here.
   */
  public static String quote(String word) {
    if (word.isEmpty()) {
      return "''";
    }
    StringBuilder quoted = new StringBuilder(word.length() + 16);
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == '\n') {
        quoted.append("'\n'\"\"");
      } else if (c >= FIRST_BEYOND_ASCII) {
        int start = i;
        while (i + 1 < word.length() && word.charAt(i + 1) >= FIRST_BEYOND_ASCII) {
          i++;
        }
        quoted.append('\'').append(word, start, i + 1).append('\'');
      } else {
        if (!isPlain(c)) {
          quoted.append('\\');
        }
        quoted.append(c);
      }
    }
    return quoted.toString();
  }

  private static boolean isPlain(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || "/._-:@+".indexOf(c) >= 0;
  }
}
