package io.iblocksync.protocol;

import java.io.IOException;
import java.util.Arrays;

/** The peer sent something other than the expected line. Holds the bytes that were read of it. */
public final class LineException extends IOException {
  private final byte[] received;

  LineException(String message, byte[] buffer, int length) {
    super(message);
    this.received = Arrays.copyOf(buffer, length);
  }

  public byte[] received() {
    return received.clone();
  }
}
