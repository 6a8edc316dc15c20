package io.iblocksync.protocol;

import java.io.IOException;
import java.util.Arrays;

/** Where a line was expected came something else; holds what had been read of it. */
public final class LineException extends IOException {
  private static final long serialVersionUID = 1;

  private final byte[] received;

  LineException(String message, byte[] buffer, int length) {
    super(message);
    this.received = Arrays.copyOf(buffer, length);
  }

  public byte[] received() {
    return received.clone();
  }
}
