package io.iblocksync.receive;

import io.iblocksync.endpoint.Endpoint;

/** Lets tests of a whole pass run a target in this process. */
public final class Targets {
  private Targets() {}

  public static Endpoint newTarget() {
    return new TargetEndpoint();
  }
}
