package io.iblocksync.cli.process;

import io.iblocksync.cli.relay.EndpointException;
import io.iblocksync.cli.relay.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * The endpoints of one run: started one after the other, ended in the same order. For two threads:
 * a signal ends a run from another one. Guarded by this object's monitor, which is held while an
 * endpoint starts and not while one ends.
 */
public final class Endpoints {
  private final List<EndpointProcess> started = new ArrayList<>();
  private boolean interrupted;

  /**
   * Starts an endpoint.
   *
   * @throws EndpointException if it cannot be started
   * @throws InterruptedException if the run was interrupted before
   */
  public synchronized EndpointProcess start(Launcher launcher, Role role)
      throws EndpointException, InterruptedException {
    if (interrupted) {
      throw new InterruptedException();
    }
    EndpointProcess endpoint = launcher.launch(role);
    started.add(endpoint);
    return endpoint;
  }

  /** After a signal: from now on none is started. */
  public synchronized void forbid() {
    interrupted = true;
  }

  /**
   * Closes the input of all that were started, and waits for their ends, however long their
   * clean-up takes.
   *
   * @param cause the failure after which they end, for the line that says what is waited for; null
   *     if there is none
   */
  public void end(String cause) throws InterruptedException {
    List<EndpointProcess> all;
    boolean signal;
    synchronized (this) {
      all = List.copyOf(started);
      signal = interrupted;
    }
    assert !Thread.holdsLock(this);
    for (EndpointProcess endpoint : all) {
      endpoint.abort();
      endpoint.discard();
    }
    for (EndpointProcess endpoint : all) {
      // After a signal endpoints fail, which is not why.
      endpoint.awaitEnd(true, signal ? "a signal" : cause);
    }
  }
}
