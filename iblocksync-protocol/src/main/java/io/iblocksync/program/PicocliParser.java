package io.iblocksync.program;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses command lines with picocli, and words errors in the style of the program. */
final class PicocliParser {
  /** The most typos with which an unknown option is taken for a known one. */
  private static final int MAX_TYPOS = 2;

  private final List<Option> options;
  private final String hint;

  /**
   * @param hint the end of an error text that refers to the help
   */
  PicocliParser(List<Option> options, String hint) {
    this.options = options;
    this.hint = hint;
  }

  /**
   * Parses a command line and sets the values and counts of the options.
   *
   * @return the operands
   * @throws UsageException if the command line is wrong
   */
  List<String> parse(String[] args) throws UsageException {
    CommandSpec spec = CommandSpec.create();
    for (Option option : options) {
      spec.addOption(
          OptionSpec.builder(option.names)
              .type(option.takesValue ? String.class : boolean[].class)
              .arity(option.takesValue ? "1" : "0")
              .build());
    }
    spec.addPositional(
        PositionalParamSpec.builder().index("0..*").arity("0..*").type(String[].class).build());
    CommandLine line =
        new CommandLine(spec).setExpandAtFiles(false).setOverwrittenOptionsAllowed(true);
    try {
      ParseResult result = line.parseArgs(withFullNames(args));
      for (Option option : options) {
        setFrom(result, option);
      }
      return List.of(result.matchedPositionalValue(0, new String[0]));
    } catch (ParameterException e) {
      throw new UsageException(explain(e));
    }
  }

  private static void setFrom(ParseResult result, Option option) {
    if (option.takesValue) {
      option.value = result.matchedOptionValue(option.longName(), (String) null);
      option.count = option.value == null ? 0 : 1;
    } else {
      option.count = 0;
      for (boolean given : result.matchedOptionValue(option.longName(), new boolean[0])) {
        option.count += given ? 1 : 0; // picocli accepts -f=false
      }
    }
  }

  /**
   * Completes abbreviated options. (picocli can do so, but then fails on "" and "-" as operands.)
   */
  private String[] withFullNames(String[] args) throws UsageException {
    String[] full = args.clone();
    for (int i = 0; i < full.length && !full[i].equals("--"); i++) {
      // No option has values that begin with two dashes, so this argument is an option.
      if (full[i].startsWith("--")) {
        int equals = full[i].indexOf('=');
        int end = equals < 0 ? full[i].length() : equals;
        Option option = option(full[i].substring(0, end));
        if (option != null) {
          if (equals >= 0 && !option.takesValue) {
            throw new UsageException(noValue(option.longName()));
          }
          full[i] = option.longName() + full[i].substring(end);
        }
      }
    }
    return full;
  }

  /**
   * Returns the option that a long name, possibly abbreviated, means; null if no option matches.
   *
   * @throws UsageException if the abbreviation is ambiguous
   */
  private Option option(String name) throws UsageException {
    List<Option> found = new ArrayList<>();
    for (Option option : options) {
      if (option.longName().equals(name)) {
        return option;
      }
      if (option.longName().startsWith(name)) {
        found.add(option);
      }
    }
    for (Option option : found) {
      // If one match is the beginning of all others, it wins, because it is older than they are:
      // '--forc' must still mean --force.
      if (found.stream().allMatch(other -> other.longName().startsWith(option.longName()))) {
        return option;
      }
    }
    if (found.size() > 1) {
      String both = found.get(0).longName() + "' or '" + found.get(1).longName();
      throw new UsageException("the option '" + name + "' is ambiguous: '" + both + "'?");
    }
    return null;
  }

  private String explain(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      String unknown = unmatched.getUnmatched().get(0);
      String meant = similar(unknown);
      return "unknown option '"
          + unknown
          + "'"
          + (meant == null ? hint : "; did you mean '" + meant + "'?");
    }
    if (e instanceof MissingParameterException missing
        && missing.getMissing().get(0) instanceof OptionSpec option) {
      return "the option '" + option.longestName() + "' needs a value";
    }
    if (e.getArgSpec() instanceof OptionSpec option && option.arity().max() == 0) {
      return noValue(option.longestName());
    }
    return e.getMessage();
  }

  /** Returns the long option that a mistyped one most likely means; null if none is close. */
  private String similar(String unknown) {
    int equals = unknown.indexOf('=');
    String name = equals < 0 ? unknown : unknown.substring(0, equals);
    String best = null;
    int least = MAX_TYPOS + 1;
    for (Option option : options) {
      int typos = name.startsWith("--") ? distance(name, option.longName()) : least;
      if (typos < least) {
        least = typos;
        best = option.longName();
      }
    }
    return best;
  }

  /** Returns the Levenshtein distance: how many characters to insert, remove or replace. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(diagonal, row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  private static String noValue(String option) {
    return "the option '" + option + "' takes no value";
  }
}
