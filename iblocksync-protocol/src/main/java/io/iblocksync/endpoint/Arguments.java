package io.iblocksync.endpoint;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * A command line, read by the same rules in all three programs: long and short options, clusters,
 * values after a blank or {@code =}, abbreviations that can mean one option only, options before
 * and after the operands, {@code --} before operands that begin with a dash. Of an option that is
 * given twice the last value counts. {@code --help} and {@code --version} are always there.
 *
 * <p>Options are declared, then {@link #parse} is called once, then the rest may be asked.
 */
public final class Arguments {
  private static final String HELP = "--help";
  private static final String VERSION = "--version";

  private final String program;
  private final CommandSpec spec = CommandSpec.create();
  private ParseResult result;

  public Arguments(String program) {
    this.program = program;
    flag(HELP);
    flag(VERSION);
    spec.addPositional(
        PositionalParamSpec.builder().index("0..*").arity("0..*").type(String[].class).build());
  }

  /** Whether this is the only argument: such a command line needs no parser. */
  public static boolean isOnly(String option, String[] args) {
    return args.length == 1 && args[0].equals(option);
  }

  /** Declares an option without a value; it may be repeated. */
  public Arguments flag(String... names) {
    spec.addOption(OptionSpec.builder(names).type(boolean[].class).arity("0").build());
    return this;
  }

  /** Declares an option with a value. */
  public Arguments value(String... names) {
    spec.addOption(OptionSpec.builder(names).type(String.class).arity("1").build());
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
    CommandLine line =
        new CommandLine(spec).setExpandAtFiles(false).setOverwrittenOptionsAllowed(true);
    try {
      result = line.parseArgs(inFull(args));
      return this;
    } catch (ParameterException e) {
      throw new UsageException(explain(e));
    }
  }

  /** Completes abbreviated options. (Picocli can, but then fails on "" and "-" as operands.) */
  private String[] inFull(String[] args) throws UsageException {
    String[] full = args.clone();
    for (int i = 0; i < full.length && !full[i].equals("--"); i++) {
      // No value of an option begins like this, so this is none.
      if (full[i].startsWith("--")) {
        int equals = full[i].indexOf('=');
        int end = equals < 0 ? full[i].length() : equals;
        OptionSpec option = option(full[i].substring(0, end));
        if (option != null) {
          if (equals >= 0 && option.arity().max() == 0) {
            throw new UsageException(noValue(option));
          }
          full[i] = option.longestName() + full[i].substring(end);
        }
      }
    }
    return full;
  }

  /** The option of a long name that may be abbreviated; null if there is none. */
  private OptionSpec option(String name) throws UsageException {
    OptionSpec found = spec.findOption(name);
    if (found == null) {
      for (OptionSpec option : spec.options()) {
        if (option.longestName().startsWith(name)) {
          if (found != null) {
            String both = found.longestName() + "' and '" + option.longestName();
            throw new UsageException("the option '" + name + "' can mean '" + both + "'");
          }
          found = option;
        }
      }
    }
    return found;
  }

  /** Whether the help is asked for; then the other arguments do not matter. */
  public boolean help() {
    return result.hasMatchedOption(HELP);
  }

  /** Whether the version is asked for; then the other arguments do not matter. */
  public boolean version() {
    return result.hasMatchedOption(VERSION);
  }

  /** How often an option without a value was given. */
  public int count(String option) {
    int count = 0;
    for (boolean given : result.matchedOptionValue(option, new boolean[0])) {
      count += given ? 1 : 0; // Picocli takes -f=false.
    }
    return count;
  }

  /** The value of an option, or null if it was not given. */
  public String get(String option) {
    return result.matchedOptionValue(option, (String) null);
  }

  /**
   * The operands, as many as have names.
   *
   * @param names what the help calls them
   */
  public List<String> operands(String... names) throws UsageException {
    List<String> operands = List.of(result.matchedPositionalValue(0, new String[0]));
    if (operands.size() > names.length) {
      throw new UsageException(
          hint("unexpected argument '" + operands.get(names.length) + "' after " + last(names)));
    }
    if (operands.size() < names.length) {
      StringBuilder missing = new StringBuilder(names[operands.size()]);
      for (int i = operands.size() + 1; i < names.length; i++) {
        missing.append(" and ").append(names[i]);
      }
      boolean one = operands.size() == names.length - 1;
      throw new UsageException(hint(missing + (one ? " is missing" : " are missing")));
    }
    for (int i = 0; i < names.length; i++) {
      if (operands.get(i).isEmpty()) {
        throw new UsageException(names[i] + " is empty");
      }
    }
    return operands;
  }

  private static String last(String[] names) {
    return names[names.length - 1];
  }

  private String explain(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      return hint("unknown option '" + unmatched.getUnmatched().get(0) + "'");
    }
    if (e instanceof MissingParameterException missing
        && missing.getMissing().get(0) instanceof OptionSpec option) {
      return "the option '" + option.longestName() + "' needs a value";
    }
    if (e.getArgSpec() instanceof OptionSpec option && option.arity().max() == 0) {
      return noValue(option);
    }
    return e.getMessage();
  }

  private static String noValue(OptionSpec option) {
    return "the option '" + option.longestName() + "' takes no value";
  }

  private String hint(String message) {
    return message + "; try '" + program + " --help'";
  }
}
