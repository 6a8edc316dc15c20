package io.iblocksync.receive;

import io.iblocksync.endpoint.EndpointProgram;

/** Starts the target endpoint. */
public final class Main {
  private static final String SUMMARY =
      "Reads and writes the raw disk image that iblocksync syncs to.";

  private Main() {}

  public static void main(String[] args) {
    System.exit(EndpointProgram.run(new TargetEndpoint(), SUMMARY, "IBLOCKSYNC_TARGET_EXEC", args));
  }
}
