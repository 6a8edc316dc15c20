package io.iblocksync.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The random bytes, in hexadecimal, that go into each hash of a piece of one run. */
final class Salt {
  private static final int BYTES = 16;

  private Salt() {}

  /** A new salt, without SecureRandom where that can be: it takes 20 ms to load. */
  static String random() {
    byte[] salt = new byte[BYTES];
    try (InputStream random = Files.newInputStream(Path.of("/dev/urandom"))) {
      salt = random.readNBytes(BYTES);
    } catch (IOException e) {
      new SecureRandom().nextBytes(salt);
    }
    return HexFormat.of().formatHex(salt);
  }
}
