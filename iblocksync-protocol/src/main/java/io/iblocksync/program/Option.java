package io.iblocksync.program;

/** An option of a command line, and what the user gave for it. */
final class Option {
  /** All names, with their dashes; the last one is the long name. */
  final String[] names;

  final boolean takesValue;

  /** How many times the option was given. */
  int count;

  /** The last value given, or null. */
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
