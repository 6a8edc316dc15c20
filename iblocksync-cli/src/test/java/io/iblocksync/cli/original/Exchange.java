package io.iblocksync.cli.original;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * What crossed between one endpoint and its coordinator.
 *
 * @param received all that the endpoint was sent
 * @param sent all that it answered
 */
record Exchange(List<String> arguments, byte[] received, byte[] sent, int exitStatus) {
  /** The first line that the endpoint sent: its image info or an error. */
  byte[] answer() {
    return Arrays.copyOf(sent, end(sent, 1));
  }

  /** All that the endpoint sent after its first line. */
  byte[] sentAfterAnswer() {
    return Arrays.copyOfRange(sent, end(sent, 1), sent.length);
  }

  /** All that the endpoint was sent after the greeting and the other side's image info. */
  byte[] receivedAfterLines() {
    return Arrays.copyOfRange(received, end(received, 2), received.length);
  }

  /** The greeting and the other side's image info. */
  byte[] receivedLines() {
    return Arrays.copyOf(received, end(received, 2));
  }

  /** Where the bytes after so many lines begin; where the bytes end if there are fewer lines. */
  static int end(byte[] bytes, int lines) {
    int at = 0;
    for (int line = 0; line < lines; line++) {
      while (at < bytes.length && bytes[at++] != '\n') {}
    }
    return at;
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      whole.writeBytes(part);
    }
    return whole.toByteArray();
  }
}
