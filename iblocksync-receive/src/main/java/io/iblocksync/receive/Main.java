package io.iblocksync.receive;

import io.iblocksync.endpoint.EndpointMain;
import io.iblocksync.endpoint.EndpointOptions;

/** Starts the target endpoint. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(
        EndpointMain.run(new Receiver(), EndpointOptions.parse("iblocksync-receive", args)));
  }
}
