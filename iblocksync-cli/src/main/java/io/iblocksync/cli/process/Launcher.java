package io.iblocksync.cli.process;

import io.iblocksync.cli.relay.EndpointException;
import io.iblocksync.cli.relay.Role;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.image.LocalPair;
import java.io.IOException;
import java.util.Map;

/**
 * Starts the endpoints of one run, each as a process of its own or inside this one. Immutable; each
 * endpoint is to be launched once.
 */
public final class Launcher {
  private final EndpointCommand source;
  private final EndpointCommand target;
  private final Map<String, String> environment;
  private final long bwlimit;

  /** Null unless both endpoints run in this process and compare bytes. */
  private final LocalPair pair;

  /**
   * Makes ready to launch both.
   *
   * @param environment what processes get, instead of what Java got
   * @param bwlimit bytes a second to each endpoint on another machine; 0 for any number
   * @param hashAll whether even endpoints that could compare bytes are to compare hashes
   */
  public Launcher(
      EndpointCommand source,
      EndpointCommand target,
      Map<String, String> environment,
      HashAlgorithm algorithm,
      long bwlimit,
      boolean hashAll) {
    this.source = source;
    this.target = target;
    this.environment = environment;
    this.bwlimit = bwlimit;
    boolean both = source.builtIn() && target.builtIn();
    this.pair = both && !hashAll ? new LocalPair() : null;
    if (source.builtIn() || target.builtIn()) {
      InProcessEndpoint.warmUp(target.builtIn(), algorithm, pair);
    }
  }

  /** Whether the endpoints compare the bytes of the images instead of hashes. */
  public boolean comparesBytes() {
    return pair != null;
  }

  EndpointProcess launch(Role role) throws EndpointException {
    EndpointCommand command = role == Role.SOURCE ? source : target;
    try {
      RunningEndpoint running =
          command.builtIn()
              ? InProcessEndpoint.start(command, side(role))
              : ChildProcess.start(command, environment);
      return around(command, running);
    } catch (IOException e) {
      throw new EndpointException(command.title(), role, "cannot be started: " + e.getMessage(), 0);
    }
  }

  private LocalPair.Side side(Role role) {
    if (pair == null) {
      return null;
    }
    return role == Role.SOURCE ? pair.source() : pair.target();
  }

  private EndpointProcess around(EndpointCommand command, RunningEndpoint running)
      throws IOException {
    try {
      // What stays on this machine needs no limit.
      return new EndpointProcess(command, running, command.host() == null ? 0 : bwlimit);
    } catch (OutOfMemoryError e) {
      // It ends by that, and its wrapper cleans up.
      running.input().close();
      throw e;
    }
  }
}
