package io.iblocksync.protocol;

import java.io.IOException;

/**
 * The stream from or to the peer ended before the protocol did: its process or the connection is
 * gone. It is reported to the user only if neither the peer's own failure nor its exit status can
 * be learnt.
 */
public final class PeerGoneException extends IOException {
  public PeerGoneException(String message) {
    super(message);
  }

  public PeerGoneException(String message, IOException cause) {
    super(message, cause);
  }
}
