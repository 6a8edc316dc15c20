package io.iblocksync.endpoint;

import java.io.IOException;

/** The session has failed, and the coordinator, which reports it to the user, knows why. */
final class ReportedException extends IOException {
  ReportedException(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
