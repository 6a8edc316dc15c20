package io.iblocksync.cli.relay;

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

  /** What the user calls it: {@code source} or {@code target}. */
  public String label() {
    return this == SOURCE ? "source" : "target";
  }

  /** The other endpoint. */
  public Role other() {
    return this == SOURCE ? TARGET : SOURCE;
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
