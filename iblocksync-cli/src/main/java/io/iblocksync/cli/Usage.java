package io.iblocksync.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What {@code --help} prints: the usage of iblocksync 1.0.1, and what was added to it. */
final class Usage {
  private Usage() {}

  /** Lines, each with its end. */
  static String text() {
    try (InputStream in = Usage.class.getResourceAsStream("usage.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
