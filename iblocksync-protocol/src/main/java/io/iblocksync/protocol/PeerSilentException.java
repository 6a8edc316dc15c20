package io.iblocksync.protocol;

import java.io.IOException;

/** The peer has given no sign of life for too long, although, as far as is known, it still runs. */
public final class PeerSilentException extends IOException {
  /**
   * @param peer the name of the peer for the message, such as "the coordinator"
   * @param seconds the timeout
   */
  public PeerSilentException(String peer, long seconds) {
    super("no sign of life from " + peer + " for " + seconds + " seconds");
  }
}
