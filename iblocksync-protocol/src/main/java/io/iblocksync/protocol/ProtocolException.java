package io.iblocksync.protocol;

import java.io.IOException;

/** The peer broke the wire protocol. The message says what was received and what was expected. */
public final class ProtocolException extends IOException {
  public ProtocolException(String message) {
    super(message);
  }
}
