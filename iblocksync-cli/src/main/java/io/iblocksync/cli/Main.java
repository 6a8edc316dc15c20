package io.iblocksync.cli;

import io.iblocksync.cli.process.CommandNotFoundException;
import io.iblocksync.cli.process.LaunchEnvironment;
import io.iblocksync.cli.relay.EndpointException;
import io.iblocksync.program.Arguments;
import io.iblocksync.program.ExitStatus;
import io.iblocksync.program.Log;
import io.iblocksync.program.Output;
import io.iblocksync.program.Unexpected;
import io.iblocksync.program.UsageException;
import io.iblocksync.program.Version;
import io.iblocksync.protocol.Printable;
import java.io.IOException;

/** Starts the coordinator. */
public final class Main {
  private static final String NAME = "iblocksync";

  /** How many files and pipes a run has open at once, at most, beside the first ones. */
  private static final int DESCRIPTORS = 16;

  private Main() {}

  public static void main(String[] args) {
    Unexpected.endProcess(NAME);
    System.exit(run(args));
  }

  private static int run(String[] args) {
    try {
      Unexpected.checkDescriptors(DESCRIPTORS);
    } catch (IOException e) {
      return failed(e.getMessage(), ExitStatus.FAILED, null);
    }
    Report report = new Report();
    boolean json = Options.asksForJson(args);
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
      json = options.json();
      report.options(options);
    } catch (UsageException e) {
      return failed(e.getMessage(), ExitStatus.USAGE, json ? report : null);
    }
    if (System.getProperty("user.dir").indexOf('\ufffd') >= 0) {
      // Java would look for every relative path, and start every process, in another directory.
      String message = "the name of the current directory is not valid UTF-8";
      return failed(message, ExitStatus.USAGE, json ? report : null);
    }
    Log.verbosity(options.verbosity());
    Log.onWarning(
        text -> {
          report.warning(text);
          return false;
        });
    return sync(options, report);
  }

  private static int sync(Options options, Report report) {
    Confirmations questions = new Confirmations(options, LaunchEnvironment.isTerminal(0));
    Coordinator coordinator = new Coordinator(options, questions, report);
    Report asked = options.json() ? report : null;
    Interruption interruption = Interruption.register(coordinator, asked);
    Unexpected.handle(NAME, interruption::fail);
    String failure;
    try {
      Summary summary = coordinator.run();
      interruption.over(false);
      return Output.print(
          NAME, options.json() ? report.json(ExitStatus.DONE) : summary.line() + "\n");
    } catch (EndpointException e) {
      Log.debug(e);
      // After a signal, the signal is the reason, and its line is printed.
      interruption.over(true);
      Unexpected.print(e.title(), e.getMessage());
      report.failed(e.getMessage(), e.role(), e.errno());
      return reported(statusOf(e), asked);
    } catch (UsageException e) {
      interruption.over(false);
      return failed(e.getMessage(), ExitStatus.USAGE, asked);
    } catch (DeclinedException | CommandNotFoundException e) {
      failure = e.getMessage();
    } catch (Throwable e) {
      failure = Unexpected.text(e);
      Log.debug(e);
    }
    interruption.over(true);
    return failed(failure, ExitStatus.FAILED, asked);
  }

  private static int statusOf(EndpointException e) {
    return e.isConnectionLost() ? ExitStatus.TRY_LATER : ExitStatus.FAILED;
  }

  /**
   * Says why this program itself gives up.
   *
   * @param report null if it is not asked for
   */
  private static int failed(String message, int status, Report report) {
    String line = Printable.line(message);
    Unexpected.print(NAME, line);
    if (report != null) {
      report.failed(line, null, 0);
    }
    return reported(status, report);
  }

  private static int reported(int status, Report report) {
    if (report != null) {
      Output.print(NAME, report.json(status));
    }
    return status;
  }
}
