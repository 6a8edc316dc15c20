package io.iblocksync.serve;

import io.iblocksync.endpoint.EndpointMain;
import io.iblocksync.endpoint.EndpointOptions;

/** Starts the source endpoint. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(EndpointMain.run(new Source(), EndpointOptions.parse("iblocksync-serve", args)));
  }
}
