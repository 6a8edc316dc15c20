package io.iblocksync.endpoint;

import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.image.LocalPair;
import io.iblocksync.linux.Errno;
import io.iblocksync.program.Arguments;
import io.iblocksync.program.ExitStatus;
import io.iblocksync.program.Log;
import io.iblocksync.program.Output;
import io.iblocksync.program.Unexpected;
import io.iblocksync.program.UsageException;
import io.iblocksync.program.Version;
import io.iblocksync.protocol.Greeting;
import io.iblocksync.protocol.Greeting.StartError;
import io.iblocksync.protocol.Printable;
import io.iblocksync.protocol.WireReader;
import io.iblocksync.protocol.WireWriter;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.List;

/** An endpoint's executable: reads the command line and runs the endpoint if it is to be run. */
public final class EndpointProgram {
  /** How many files and pipes an endpoint has open at once, at most, beside the first ones. */
  private static final int DESCRIPTORS = 12;

  private EndpointProgram() {}

  /**
   * Runs the program to its end.
   *
   * @param summary what it does, a sentence for the help
   * @param variable the environment variable that names another executable in its place
   * @return the exit status
   */
  public static int run(Endpoint endpoint, String summary, String variable, String[] args) {
    Unexpected.endProcess(endpoint.program());
    WireReader in = new WireReader(new FileInputStream(FileDescriptor.in).getChannel(), true);
    WireWriter out = new WireWriter(new FileOutputStream(FileDescriptor.out).getChannel());
    try {
      Unexpected.checkDescriptors(DESCRIPTORS);
    } catch (IOException e) {
      return refuse(endpoint.program(), e, Errno.EMFILE, in, out);
    }
    return run(endpoint, summary, variable, args, in, out);
  }

  /**
   * Runs the endpoint inside a coordinator's process, which has warmed up what it needs.
   *
   * @param args as the executable would get them, with nothing but options for a run
   * @param side where its chunks meet those of the other endpoint, if that runs inside too; or null
   * @return what would be the exit status
   */
  public static int runInside(
      Endpoint endpoint, List<String> args, LocalPair.Side side, WireReader in, WireWriter out) {
    try {
      Arguments arguments =
          EndpointOptions.arguments(endpoint.program()).parse(args.toArray(new String[0]));
      return EndpointMain.run(endpoint, EndpointOptions.of(arguments), side, in, out);
    } catch (UsageException e) {
      return refuse(endpoint.program(), e, Errno.EINVAL, in, out);
    }
  }

  /** The same, over other channels than standard input and output. */
  static int run(
      Endpoint endpoint,
      String summary,
      String variable,
      String[] args,
      WireReader in,
      WireWriter out) {
    String program = endpoint.program();
    String input = System.getProperty("iblocksync.tty", "");
    boolean nothing = input.indexOf('n') >= 0;
    boolean byHand = nothing || input.indexOf('0') >= 0;
    try {
      Arguments arguments = EndpointOptions.arguments(program).parse(args);
      if (arguments.help()) {
        return Output.print(program, help(program, summary, variable));
      }
      if (arguments.version()) {
        return Output.print(program, Version.text(program));
      }
      if (!byHand) {
        EndpointOptions options = EndpointOptions.of(arguments);
        HashWorkers.warmUp(options.algorithm(), null);
        return EndpointMain.run(endpoint, options, null, in, out);
      }
    } catch (UsageException e) {
      // By hand the error would lead astray: with all options right it would not run either.
      if (!byHand) {
        return refuse(program, e, Errno.EINVAL, in, out);
      }
    }
    return usageError(
        program,
        "not started by hand: iblocksync starts it and talks to it over standard input, which is "
            + (nothing ? "/dev/null" : "a terminal")
            + " here; try '"
            + program
            + " --help'");
  }

  /**
   * Says why the endpoint cannot start, such as for a wrong argument. A coordinator, which may be
   * of a later release that knows more than this one, gets it as the answer to its greeting;
   * otherwise it is printed on standard error.
   */
  private static int refuse(String program, Exception e, int errno, WireReader in, WireWriter out) {
    try {
      if (Greeting.LINE.equals(GreetingWait.read(in))) {
        out.writeLine(Greeting.format(new StartError(e.getMessage(), errno)));
        return ExitStatus.of(e);
      }
    } catch (IOException unheard) {
      Log.debug(unheard.getMessage());
    }
    System.err.println(program + ": error: " + Printable.line(e.getMessage()));
    return ExitStatus.of(e);
  }

  private static int usageError(String program, String text) {
    System.err.println(program + ": error: " + Printable.line(text));
    return ExitStatus.USAGE;
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
