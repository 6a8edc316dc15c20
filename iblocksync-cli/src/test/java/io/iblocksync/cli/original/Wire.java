package io.iblocksync.cli.original;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The smallest parts of the original's protocol: signals, lines, and counted bytes. */
final class Wire {
  static final String GREETING = "iblocksync 1.0.1";
  static final int ACK = 0x06;
  static final int NAK = 0x15;
  static final int EOT = 0x04;

  private Wire() {}

  static byte[] line(String text) {
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Reads a line, byte by byte, so that nothing after it is taken; without its line feed. */
  static String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new BrokenExchange("the input ended in a line: " + line.toString("UTF-8"));
      }
      line.write(next);
    }
    return line.toString("UTF-8");
  }

  static byte[] readBytes(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new BrokenExchange("the input ended after " + bytes.length + " of " + count + " bytes");
    }
    return bytes;
  }

  static int readSignal(InputStream in, int one, int other) throws IOException {
    int signal = in.read();
    if (signal != one && signal != other) {
      throw new BrokenExchange("unexpected signal " + signal);
    }
    return signal;
  }

  /** How many blocks an image of that size has; the last one may be partial. */
  static int blocks(long size, int blockSize) {
    return (int) ((size + blockSize - 1) / blockSize);
  }
}
