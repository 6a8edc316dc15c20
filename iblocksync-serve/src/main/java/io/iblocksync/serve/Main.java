package io.iblocksync.serve;

import io.iblocksync.endpoint.EndpointProgram;

/** Starts the source endpoint. */
public final class Main {
  private static final String SUMMARY =
      "Reads the raw disk image that iblocksync syncs from, and never writes to it.";

  private Main() {}

  public static void main(String[] args) {
    System.exit(EndpointProgram.run(new SourceEndpoint(), SUMMARY, "IBLOCKSYNC_SOURCE_EXEC", args));
  }
}
