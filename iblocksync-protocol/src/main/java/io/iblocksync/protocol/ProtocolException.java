package io.iblocksync.protocol;

import java.io.IOException;

/**
 * The peer broke the wire protocol. The message says what was received, what was expected, and
 * where, if that is known.
 */
public final class ProtocolException extends IOException {
  /** Whether the message says where. */
  private final boolean located;

  public ProtocolException(String message) {
    super(message);
    this.located = false;
  }

  private ProtocolException(String message, ProtocolException cause) {
    super(message, cause);
    this.located = true;
  }

  /**
   * The same, with where it came, unless it says that already.
   *
   * @param offset of the frame that breaks the protocol, in bytes from the start of the
   *     conversation
   */
  ProtocolException inFrameAt(long offset) {
    if (located) {
      return this;
    }
    return new ProtocolException(
        getMessage() + " (in the frame at byte " + offset + " of the conversation)", this);
  }
}
