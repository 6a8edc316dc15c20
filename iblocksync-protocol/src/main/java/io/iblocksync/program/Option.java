package io.iblocksync.program;

/** An option of a command line, and what was given for it. */
final class Option {
  /** The last one is the long one. */
  final String[] names;

  final boolean takesValue;

  /** How often it was given. */
  int count;

  /** The last value that was given, or null. */
  String value;

  Option(boolean takesValue, String... names) {
    this.takesValue = takesValue;
    this.names = names;
  }

  String longName() {
    return names[names.length - 1];
  }

  boolean isNamed(String name) {
    for (String own : names) {
      if (own.equals(name)) {
        return true;
      }
    }
    return false;
  }
}
