package io.iblocksync.cli;

import java.io.IOException;

/** An endpoint failed; the message says why, the title which executable on which host. */
final class EndpointException extends IOException {
  private static final long serialVersionUID = 1;

  private final String title;

  EndpointException(String title, String message) {
    super(message);
    this.title = title;
  }

  /** As in {@code iblocksync-receive on backup}. */
  String title() {
    return title;
  }
}
