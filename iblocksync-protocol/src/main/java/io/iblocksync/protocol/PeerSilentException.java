package io.iblocksync.protocol;

import java.io.IOException;

/** The peer is still there, as far as is known, but has given no sign of life for too long. */
public final class PeerSilentException extends IOException {
  private static final long serialVersionUID = 1;

  public PeerSilentException(String peer, long seconds) {
    super("no sign of life from " + peer + " for " + seconds + " seconds");
  }
}
