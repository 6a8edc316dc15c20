package io.iblocksync.cli.terminal;

/** How the progress is shown. */
public enum ProgressStyle {
  NONE,
  /** Fifty dots on one line. */
  DOT,
  /** One line that is drawn again and again. */
  FULL,
  /** A line of JSON a second. */
  JSON;

  /**
   * What is shown of this style: debugging output takes the place of what is for people, and a line
   * that is drawn again needs a terminal.
   *
   * @param debugging whether debugging output goes to standard error
   * @param terminal whether standard error is a terminal
   */
  public ProgressStyle shown(boolean debugging, boolean terminal) {
    boolean hidden = debugging && this != JSON || this == FULL && !terminal;
    return hidden ? NONE : this;
  }
}
