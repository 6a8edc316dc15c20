package io.iblocksync.program;

import java.util.ArrayList;
import java.util.List;

/**
 * Parses a command line by the rules that all three programs share: long and short options,
 * clusters of short options, values after a blank or {@code =}, unambiguous abbreviations, options
 * before and after the operands, and {@code --} before operands that begin with a dash. If an
 * option is repeated, its last value counts. {@code --help}, {@code -h} and {@code --version} are
 * always declared.
 *
 * <p>The caller declares its options, calls {@link #parse} once, and then asks for the values and
 * the operands. For one thread.
 */
public final class Arguments {
  private final String program;
  private final Option help = new Option(false, "-h", "--help");
  private final Option version = new Option(false, "--version");
  private final List<Option> options = new ArrayList<>();
  private final List<String> operands = new ArrayList<>();

  /**
   * @param program the name of the executable, which some errors mention
   */
  public Arguments(String program) {
    this.program = program;
    options.add(help);
    options.add(version);
  }

  /** Declares an option without a value; it may be repeated. The last name is the long one. */
  public Arguments flag(String... names) {
    options.add(new Option(false, names));
    return this;
  }

  /** Declares an option with a value. The last name is the long one. */
  public Arguments value(String... names) {
    options.add(new Option(true, names));
    return this;
  }

  /**
   * Parses a command line.
   *
   * @throws UsageException if the command line is wrong
   */
  public Arguments parse(String[] args) throws UsageException {
    for (String arg : args) {
      // The JVM decodes bytes that are not UTF-8 to this character: the path would be another one.
      if (arg.indexOf('\uFFFD') >= 0) {
        throw new UsageException("the argument '" + arg + "' is not valid UTF-8");
      }
    }
    if (!parseSimple(args)) {
      parseFully(args);
    }
    return this;
  }

  /**
   * Parses a command line in which each option has its full name and each value is an argument of
   * its own. Endpoints are always started like this, and iblocksync mostly is. Such a command line
   * does not need picocli, which takes 100 ms of CPU time to load (its old class files cannot be
   * stored in a class-data archive), and a sync starts three programs.
   *
   * @return false if the command line contains anything else, or an error; some options and
   *     operands are then set, which {@link #parseFully} overwrites
   */
  private boolean parseSimple(String[] args) {
    for (int i = 0; i < args.length; i++) {
      if (!args[i].startsWith("-")) {
        operands.add(args[i]);
        continue;
      }
      Option option = find(args[i]);
      if (option == null) {
        return false;
      }
      option.count++;
      if (option.takesValue) {
        i++;
        if (i == args.length || args[i].startsWith("-")) {
          return false;
        }
        option.value = args[i];
      }
    }
    return true;
  }

  /** Parses any command line, with picocli. */
  void parseFully(String[] args) throws UsageException {
    operands.clear();
    operands.addAll(new PicocliParser(options, hint()).parse(args));
  }

  private Option find(String name) {
    for (Option option : options) {
      if (option.isNamed(name)) {
        return option;
      }
    }
    return null;
  }

  /** Whether the user asks for the help; the other arguments do not matter then. */
  public boolean help() {
    return help.count > 0;
  }

  /** Whether the user asks for the version; the other arguments do not matter then. */
  public boolean version() {
    return version.count > 0;
  }

  /** Returns how many times a declared option was given. */
  public int count(String name) {
    return find(name).count;
  }

  /** Returns the value of a declared option, or null if it was not given. */
  public String get(String name) {
    return find(name).value;
  }

  /**
   * Returns the operands, one for each name.
   *
   * @param names the operands' names in the help
   * @throws UsageException if there are fewer or more operands than names, or if one is empty
   */
  public List<String> operands(String... names) throws UsageException {
    if (operands.size() > names.length) {
      String last = names[names.length - 1];
      throw new UsageException(
          "unexpected argument '" + operands.get(names.length) + "' after " + last + hint());
    }
    if (operands.size() < names.length) {
      StringBuilder missing = new StringBuilder(names[operands.size()]);
      for (int i = operands.size() + 1; i < names.length; i++) {
        missing.append(" and ").append(names[i]);
      }
      boolean one = operands.size() == names.length - 1;
      throw new UsageException(missing + (one ? " is missing" : " are missing") + hint());
    }
    for (int i = 0; i < names.length; i++) {
      if (operands.get(i).isEmpty()) {
        throw new UsageException(names[i] + " is empty");
      }
    }
    return operands;
  }

  /** Returns the end of an error text that refers to the help. */
  private String hint() {
    return "; try '" + program + " --help'";
  }
}
