package io.iblocksync.cli;

import io.iblocksync.endpoint.Log;
import io.iblocksync.protocol.BlockSize;
import io.iblocksync.protocol.HashAlgorithm;

/** Starts the coordinator. */
public final class Main {
  private static final String NAME = "iblocksync";

  private Main() {}

  public static void main(String[] args) {
    int status = run(args);
    System.out.flush();
    System.exit(status);
  }

  private static int run(String[] a) {
    int bs = BlockSize.DEFAULT;
    Options options =
        new Options(
            HashAlgorithm.SHA1,
            bs,
            Progress.Style.FULL,
            true,
            0,
            Location.parse(a[0]),
            Location.parse(a[1]));
    return sync(options);
  }

  private static int sync(Options options) {
    Questions questions = new Questions(options.force(), Caller.isTerminal(0));
    Coordinator coordinator = new Coordinator(options, questions);
    Interruption interruption = Interruption.register(coordinator);
    String failure;
    try {
      Summary summary = coordinator.run();
      interruption.over();
      System.out.println(summary.line());
      return 0;
    } catch (EndpointException e) {
      failure = e.title() + ": error: " + e.getMessage();
      Log.debug(e);
    } catch (DeclinedException | CommandNotFoundException e) {
      failure = NAME + ": error: " + e.getMessage();
    } catch (IllegalArgumentException e) {
      interruption.over();
      System.err.println(NAME + ": error: " + e.getMessage());
      return 2;
    } catch (InterruptedException | RuntimeException e) {
      failure = NAME + ": error: internal error: " + e;
      Log.debug(e);
    }
    // After a signal it is the one that counts, and its line is told.
    interruption.over();
    System.err.println(failure);
    return 1;
  }
}
