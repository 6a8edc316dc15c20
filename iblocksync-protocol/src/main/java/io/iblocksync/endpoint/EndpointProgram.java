package io.iblocksync.endpoint;

import io.iblocksync.protocol.HashAlgorithm;
import io.iblocksync.protocol.Printable;
import io.iblocksync.protocol.Version;

/** An endpoint's executable: reads the command line and runs the endpoint if it is to be run. */
public final class EndpointProgram {
  private EndpointProgram() {}

  /**
   * Runs the program to its end.
   *
   * @param summary what it does, a sentence for the help
   * @param variable the environment variable that names another executable in its place
   * @return the exit status
   */
  public static int run(Endpoint endpoint, String summary, String variable, String[] args) {
    String program = endpoint.program();
    boolean byHand = System.getProperty("iblocksync.tty", "").indexOf('0') >= 0;
    try {
      Arguments arguments = EndpointOptions.arguments(program).parse(args);
      if (arguments.help()) {
        return Output.print(program, help(program, summary, variable));
      }
      if (arguments.version()) {
        return Output.print(program, Version.text(program));
      }
      if (!byHand) {
        return EndpointMain.run(endpoint, EndpointOptions.of(arguments));
      }
    } catch (UsageException e) {
      // By hand the error would lead astray: with all options right it would not run either.
      if (!byHand) {
        return usageError(program, e.getMessage());
      }
    }
    return usageError(
        program,
        "not started by hand: iblocksync starts it and talks to it over standard input, which is a"
            + " terminal here; try '"
            + program
            + " --help'");
  }

  private static int usageError(String program, String text) {
    System.err.println(program + ": error: " + Printable.line(text));
    return 2;
  }

  private static String help(String program, String summary, String variable) {
    StringBuilder algorithms = new StringBuilder();
    for (HashAlgorithm algorithm : HashAlgorithm.values()) {
      // Six fill a line.
      String separator = algorithm.ordinal() % 6 == 0 ? ",\n                        " : ", ";
      algorithms.append(algorithm.ordinal() == 0 ? "" : separator).append(algorithm.label());
    }
    return "usage: "
        + program
        + " [OPTION]... PATH\n\n"
        + summary
        + "\nIt is not usually started by hand: iblocksync starts it, on this machine or\n"
        + "through ssh on another one, and talks to it over standard input and output.\n\n"
        + "Arguments:\n"
        + "  PATH                  Path to the raw disk image or block device\n\n"
        + "Application options:\n"
        + "  -a HASH_ALGO, --algo HASH_ALGO\n"
        + "                        The hash algorithm that blocks are compared by:\n"
        + "                        "
        + algorithms
        + ".\n                        Defaults to sha1\n"
        + "  -b BLOCK_SIZE, --block BLOCK_SIZE\n"
        + "                        The size of a block, with the suffixes that iblocksync\n"
        + "                        takes. Defaults to 1M (1,048,576 bytes)\n\n"
        + "Help options:\n"
        + "  --help                Display this help and exit\n"
        + "  --version             Output version information and exit\n\n"
        + "The environment variable "
        + variable
        + " can name a wrapper for\n"
        + "iblocksync to start instead. It gets the same arguments ('--block N --algo\n"
        + "NAME PATH'), does what must be done before (like a snapshot), runs\n"
        + program
        + ", cleans up, and ends with a status other than 0 if anything\n"
        + "failed. It must leave standard input and output as they are, and print to\n"
        + "standard error (>&2).\n";
  }
}
