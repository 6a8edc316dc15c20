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

/** Reads command lines with picocli and words its errors as the program does. */
final class PicocliParser {
  /** A name with more of them is not taken for another one. */
  private static final int MAX_TYPOS = 2;

  private final List<Option> options;
  private final String hint;

  /**
   * @param hint what an error ends with if the help helps
   */
  PicocliParser(List<Option> options, String hint) {
    this.options = options;
    this.hint = hint;
  }

  /**
   * Reads a command line and sets the options' values and counts.
   *
   * @return the operands
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
      ParseResult result = line.parseArgs(inFull(args));
      for (Option option : options) {
        take(result, option);
      }
      return List.of(result.matchedPositionalValue(0, new String[0]));
    } catch (ParameterException e) {
      throw new UsageException(explain(e));
    }
  }

  private static void take(ParseResult result, Option option) {
    if (option.takesValue) {
      option.value = result.matchedOptionValue(option.longName(), (String) null);
      option.count = option.value == null ? 0 : 1;
    } else {
      option.count = 0;
      for (boolean given : result.matchedOptionValue(option.longName(), new boolean[0])) {
        option.count += given ? 1 : 0; // Picocli takes -f=false.
      }
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

  /** The option of a long name that may be abbreviated; null if there is none. */
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
      // Whose name begins all the others' was there before them: '--forc' has always been --force.
      if (found.stream().allMatch(other -> other.longName().startsWith(option.longName()))) {
        return option;
      }
    }
    if (found.size() > 1) {
      String both = found.get(0).longName() + "' and '" + found.get(1).longName();
      throw new UsageException("the option '" + name + "' can mean '" + both + "'");
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

  /** The long option that a mistyped one most likely means; null if none is close. */
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

  /** The Levenshtein distance: how many characters to insert, remove or replace. */
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
