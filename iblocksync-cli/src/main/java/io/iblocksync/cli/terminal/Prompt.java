package io.iblocksync.cli.terminal;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;

/** Asks the user. */
public final class Prompt {
  private static final int ATTEMPTS = 5;
  private static final int MAX_ANSWER = 1000;

  private Prompt() {}

  /**
   * Asks until the answer is yes or no (also by the end of the input, or when too many answers were
   * neither). Takes no more than the line from the input.
   *
   * @param question a sentence; its first letter is capitalised
   * @param preset what an empty line means
   */
  public static boolean ask(String question, boolean preset, InputStream in, PrintStream out) {
    String choice = preset ? " [Y/n] " : " [y/N] ";
    String prompt = Character.toUpperCase(question.charAt(0)) + question.substring(1) + choice;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      out.print(prompt);
      out.flush();
      String answer = readLine(in);
      if (answer == null) {
        out.println();
        return false;
      }
      answer = answer.strip();
      if (answer.isEmpty()) {
        return preset;
      }
      if (answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes")) {
        return true;
      }
      if (answer.equalsIgnoreCase("n") || answer.equalsIgnoreCase("no")) {
        return false;
      }
    }
    return false;
  }

  /** Reads a line without its end; null at the end of the input. */
  private static String readLine(InputStream in) {
    StringBuilder line = new StringBuilder();
    try {
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          return line.length() == 0 ? null : line.toString();
        }
        if (line.length() < MAX_ANSWER) {
          line.append((char) b);
        }
      }
      return line.toString();
    } catch (IOException e) {
      return null;
    }
  }
}
