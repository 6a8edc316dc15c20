package io.iblocksync.cli;

import io.iblocksync.endpoint.Arguments;
import io.iblocksync.endpoint.Log;
import io.iblocksync.endpoint.Output;
import io.iblocksync.endpoint.UsageException;
import io.iblocksync.protocol.Printable;
import io.iblocksync.protocol.Version;

/** Starts the coordinator. */
public final class Main {
  private static final String NAME = "iblocksync";

  private Main() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String[] args) {
    Options options;
    try {
      Arguments arguments = Options.arguments(NAME).parse(args);
      if (arguments.help()) {
        return Output.print(NAME, Usage.text());
      }
      if (arguments.version()) {
        return Output.print(NAME, Version.text(NAME));
      }
      options = Options.of(arguments);
    } catch (UsageException e) {
      System.err.println(NAME + ": error: " + Printable.line(e.getMessage()));
      return 2;
    }
    if (System.getProperty("user.dir").indexOf('\ufffd') >= 0) {
      // Java would look for every relative path, and start every process, in another folder.
      System.err.println(NAME + ": error: the name of the current folder is not valid UTF-8");
      return 2;
    }
    Log.verbosity(options.verbosity());
    return sync(options);
  }

  private static int sync(Options options) {
    Questions questions = new Questions(options.force(), Caller.isTerminal(0));
    Coordinator coordinator = new Coordinator(options, questions);
    Interruption interruption = Interruption.register(coordinator);
    String failure;
    try {
      Summary summary = coordinator.run();
      interruption.over(false);
      return Output.print(NAME, summary.line() + "\n");
    } catch (EndpointException e) {
      failure = e.title() + ": error: " + e.getMessage();
      Log.debug(e);
    } catch (DeclinedException | CommandNotFoundException e) {
      failure = NAME + ": error: " + e.getMessage();
    } catch (UsageException e) {
      interruption.over(false);
      System.err.println(NAME + ": error: " + Printable.line(e.getMessage()));
      return 2;
    } catch (OutOfMemoryError e) {
      failure = NAME + ": error: not enough memory";
    } catch (InterruptedException | RuntimeException e) {
      failure = NAME + ": error: internal error: " + e;
      Log.debug(e);
    }
    // After a signal it is the one that counts, and its line is told.
    interruption.over(true);
    System.err.println(failure);
    return 1;
  }
}
