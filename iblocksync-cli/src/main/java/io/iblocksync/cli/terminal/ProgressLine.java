package io.iblocksync.cli.terminal;

import io.iblocksync.cli.relay.Figures;

/**
 * Writes the progress as one line: what a terminal's width has room for, in an order of importance.
 * Each part keeps its width, so that nothing jumps while the numbers change.
 */
final class ProgressLine {
  private static final int MIN_BAR = 9;
  private static final int MAX_BAR = 42;
  private static final int LEFT = "1:02:03 left".length();
  private static final String GREEN = "\u001b[32m";
  private static final String YELLOW = "\u001b[33m";
  private static final String PLAIN = "\u001b[0m";

  private final int columns;
  private final boolean colours;

  /**
   * @param columns of the terminal; the last one stays free, or some terminals would begin a line
   */
  ProgressLine(int columns, boolean colours) {
    this.columns = columns - 1;
    this.colours = colours;
  }

  /**
   * The line.
   *
   * @param phaseSeconds for how long the phase has lasted
   */
  String text(Figures figures, RateEstimator pace, long phaseSeconds) {
    String percent = percent(figures);
    if (columns < percent.length()) {
      return "";
    }
    if (figures.phase() == Figures.Phase.FLUSHING) {
      return last(figures, "the target writes to its disk", "flushing", phaseSeconds);
    }
    if (figures.phase() == Figures.Phase.ZEROING) {
      return last(figures, "the target zeros its rest and writes", "zeroing", phaseSeconds);
    }
    if (figures.phase() == Figures.Phase.VERIFYING) {
      return last(figures, "the target writes and verifies", "verifying", phaseSeconds);
    }
    String left = left(pace);
    String link = "  link " + rate(pace.linkRate());
    String sides = "  source " + rate(pace.sourceRate()) + "  target " + rate(pace.targetRate());
    String amount =
        "  " + padded(Units.bytes(figures.bytesDone()) + " of " + Units.bytes(figures.bytes()), 20);
    String[] choices = {
      percent + amount + sides + link + left,
      percent + sides + link + left,
      percent + link + left,
      percent + left
    };
    for (String choice : choices) {
      if (choice.length() + 2 + MIN_BAR <= columns) {
        return barred(choice, figures, pace.secondsStalled() > 0);
      }
    }
    String shortest = percent + left;
    return shortest.length() <= columns ? shortest : percent;
  }

  private String last(Figures figures, String what, String shortly, long seconds) {
    String text = percent(figures) + "  " + what + "  " + Units.duration(seconds);
    if (text.length() > columns) {
      text = percent(figures) + "  " + shortly + "  " + Units.duration(seconds);
    }
    return barred(text, figures, false);
  }

  private String barred(String text, Figures figures, boolean stalled) {
    int width = Math.min(MAX_BAR, columns - 2 - text.length());
    if (width < MIN_BAR) {
      return text.substring(0, Math.min(text.length(), columns));
    }
    int inside = width - 2;
    int filled = (int) (share(figures) * inside);
    String done = "=".repeat(filled);
    if (filled < inside) {
      done += ">";
    }
    String rest = " ".repeat(inside - done.length());
    return "[" + coloured(stalled ? YELLOW : GREEN, done) + rest + "]  " + text;
  }

  private String coloured(String colour, String text) {
    return colours ? colour + text + PLAIN : text;
  }

  private static double share(Figures figures) {
    return figures.bytes() == 0 ? 1 : (double) figures.bytesDone() / figures.bytes();
  }

  private static String percent(Figures figures) {
    return padded((int) (share(figures) * 100) + "%", 4);
  }

  private static String left(RateEstimator pace) {
    long stalled = pace.secondsStalled();
    if (stalled > 0) {
      return "  " + padded("stalled " + Units.duration(stalled), LEFT);
    }
    long seconds = pace.secondsLeft();
    // No more exact than it is certain.
    if (seconds > 3600) {
      seconds -= seconds % 60;
    } else if (seconds > 600) {
      seconds -= seconds % 10;
    }
    return "  " + padded(seconds < 0 ? "" : Units.duration(seconds) + " left", LEFT);
  }

  private static String rate(long perSecond) {
    return padded(Units.shortRate(perSecond), 8);
  }

  private static String padded(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }
}
