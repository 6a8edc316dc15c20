package io.iblocksync.program;

import java.util.ArrayList;
import java.util.List;

/**
 * A command line, read by the same rules in all three programs: long and short options, clusters,
 * values after a blank or {@code =}, abbreviations that can mean one option only, options before
 * and after the operands, {@code --} before operands that begin with a dash. Of an option that is
 * given twice the last value counts. {@code --help}, {@code -h} and {@code --version} are always
 * there.
 *
 * <p>Options are declared, then {@link #parse} is called once, then the rest may be asked.
 */
public final class Arguments {
  private final String program;
  private final Option help = new Option(false, "-h", "--help");
  private final Option version = new Option(false, "--version");
  private final List<Option> options = new ArrayList<>();
  private final List<String> operands = new ArrayList<>();

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

  /** Reads a command line. */
  public Arguments parse(String[] args) throws UsageException {
    for (String arg : args) {
      // Java puts this character where bytes are no UTF-8; the path would name another file.
      if (arg.indexOf('\uFFFD') >= 0) {
        throw new UsageException("the argument '" + arg + "' is not valid UTF-8");
      }
    }
    if (!parsePlain(args)) {
      parseFully(args);
    }
    return this;
  }

  /**
   * Reads a command line of operands and options spelt out, each value an argument of its own, as
   * endpoints are always started and iblocksync mostly is. To load picocli takes 100 ms of CPU time
   * (its old class files cannot be kept in a class-data archive), and a sync starts three programs.
   *
   * @return false if there is anything else, or an error
   */
  private boolean parsePlain(String[] args) {
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

  /** Reads any command line, with picocli. */
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

  /** Whether the help is asked for; then the other arguments do not matter. */
  public boolean help() {
    return help.count > 0;
  }

  /** Whether the version is asked for; then the other arguments do not matter. */
  public boolean version() {
    return version.count > 0;
  }

  /** How often a declared option was given. */
  public int count(String name) {
    return find(name).count;
  }

  /** The value of a declared option, or null if it was not given. */
  public String get(String name) {
    return find(name).value;
  }

  /**
   * The operands, as many as have names.
   *
   * @param names what the help calls them
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

  /** What an error ends with if the help helps. */
  private String hint() {
    return "; try '" + program + " --help'";
  }
}
