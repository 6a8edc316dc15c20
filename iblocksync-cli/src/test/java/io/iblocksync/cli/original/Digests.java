package io.iblocksync.cli.original;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Checksum;

/** The digests of the original's eight algorithms, made without the program's own hashing. */
final class Digests {
  static final String[] ALGORITHMS = {
    "adler32", "crc32", "md5", "sha1", "sha224", "sha256", "sha384", "sha512"
  };

  private Digests() {}

  static int length(String algorithm) {
    return of(algorithm, new byte[0], 0, 0).length;
  }

  static byte[] of(String algorithm, byte[] image, int from, int length) {
    return switch (algorithm) {
      case "adler32" -> checksum(new Adler32(), image, from, length);
      case "crc32" -> checksum(new CRC32(), image, from, length);
      default -> digest(algorithm, image, from, length);
    };
  }

  private static byte[] checksum(Checksum sum, byte[] image, int from, int length) {
    sum.update(image, from, length);
    return ByteBuffer.allocate(4).putInt((int) sum.getValue()).array();
  }

  private static byte[] digest(String algorithm, byte[] image, int from, int length) {
    String name = algorithm.toUpperCase(Locale.ROOT).replaceFirst("^SHA", "SHA-");
    try {
      MessageDigest digest = MessageDigest.getInstance(name);
      digest.update(image, from, length);
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalArgumentException(algorithm, e);
    }
  }
}
