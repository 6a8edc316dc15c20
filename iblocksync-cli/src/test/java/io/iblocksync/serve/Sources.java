package io.iblocksync.serve;

import io.iblocksync.endpoint.Endpoint;

/** Lets tests of a whole pass run a source in this process. */
public final class Sources {
  private Sources() {}

  public static Endpoint newSource() {
    return new SourceEndpoint();
  }
}
