package io.iblocksync.cli.relay;

import io.iblocksync.endpoint.Endpoint;
import io.iblocksync.receive.TargetEndpoint;
import io.iblocksync.serve.SourceEndpoint;

/** Which of the two endpoints, and what it is called in commands and in the environment. */
public enum Role {
  SOURCE("iblocksync-serve"),
  TARGET("iblocksync-receive");

  private final String executable;

  Role(String executable) {
    this.executable = executable;
  }

  /** The endpoint's command, by which it is also named in messages. */
  public String executable() {
    return executable;
  }

  /** The endpoint itself, to run in this process; who runs it closes it. */
  public Endpoint newEndpoint() {
    return this == SOURCE ? new SourceEndpoint() : new TargetEndpoint();
  }

  /** The environment variable that replaces the endpoint's command. */
  public String execVariable() {
    return "IBLOCKSYNC_" + name() + "_EXEC";
  }

  /** The environment variable that replaces {@code ssh}. */
  public String rshVariable() {
    return "IBLOCKSYNC_" + name() + "_RSH";
  }
}
