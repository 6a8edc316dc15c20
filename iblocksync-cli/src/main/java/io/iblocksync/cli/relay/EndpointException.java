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

  /**
   * @param errno the system's number of the error, 0 if there is none
   */
  public EndpointException(String title, Role role, String message, int errno) {
    super(Printable.line(message));
    this.title = Printable.line(title);
    this.role = role;
    this.errno = errno;
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
}
