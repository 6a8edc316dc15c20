package io.iblocksync.cli.relay;

import io.iblocksync.protocol.Printable;
import java.io.IOException;

/**
 * An endpoint failed; the message says why, the title which executable on which host. Both can be
 * printed, whatever names and texts they are made of.
 */
public final class EndpointException extends IOException {
  private final String title;
  private final Role role;
  private final int errno;
  private final boolean connectionLost;

  /**
   * @param errno the system's number of the error, 0 if there is none
   */
  public EndpointException(String title, Role role, String message, int errno) {
    this(title, role, message, errno, false);
  }

  private EndpointException(
      String title, Role role, String message, int errno, boolean connectionLost) {
    super(Printable.line(message));
    this.title = Printable.line(title);
    this.role = role;
    this.errno = errno;
    this.connectionLost = connectionLost;
  }

  /** The connection to the endpoint's machine could not be made, was lost or fell silent. */
  public static EndpointException connectionLost(String title, Role role, String message) {
    return new EndpointException(title, role, message, 0, true);
  }

  /** As in {@code iblocksync-receive on backup}. */
  public String title() {
    return title;
  }

  public Role role() {
    return role;
  }

  public int errno() {
    return errno;
  }

  /** Whether the connection is what failed, so that another run may succeed later. */
  public boolean isConnectionLost() {
    return connectionLost;
  }
}
