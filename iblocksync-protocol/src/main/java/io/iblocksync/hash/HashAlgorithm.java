package io.iblocksync.hash;

import java.util.zip.Adler32;
import java.util.zip.CRC32;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.MessageDigestAlgorithms;

/**
 * The hash algorithms by which blocks can be compared. The labels are the names in Python's hashlib
 * and zlib; an algorithm that these modules lack comes last.
 */
public enum HashAlgorithm {
  ADLER32("adler32", 4, null),
  CRC32("crc32", 4, null),
  MD5("md5", 16, MessageDigestAlgorithms.MD5),
  SHA1("sha1", 20, MessageDigestAlgorithms.SHA_1),
  SHA224("sha224", 28, MessageDigestAlgorithms.SHA_224),
  SHA256("sha256", 32, MessageDigestAlgorithms.SHA_256),
  SHA384("sha384", 48, MessageDigestAlgorithms.SHA_384),
  SHA512("sha512", 64, MessageDigestAlgorithms.SHA_512),
  SHA3_224("sha3_224", 28, MessageDigestAlgorithms.SHA3_224),
  SHA3_256("sha3_256", 32, MessageDigestAlgorithms.SHA3_256),
  SHA3_384("sha3_384", 48, MessageDigestAlgorithms.SHA3_384),
  SHA3_512("sha3_512", 64, MessageDigestAlgorithms.SHA3_512),

  /**
   * XXH3 with 128 bits and the seed 0: more than twice as fast as SHA-1, but anybody who can choose
   * the bytes of blocks can construct two blocks that collide.
   */
  XXH128("xxh128", 16, null);

  private final String label;
  private final int length;

  /** The JDK's name of the message digest; null if the algorithm is not a message digest. */
  private final String digestName;

  HashAlgorithm(String label, int length, String digestName) {
    this.label = label;
    this.length = length;
    this.digestName = digestName;
  }

  /**
   * Returns the algorithm with this {@linkplain #label() label}.
   *
   * @throws IllegalArgumentException if no algorithm has it; the message can be shown to the user
   */
  public static HashAlgorithm of(String name) {
    StringBuilder labels = new StringBuilder();
    for (HashAlgorithm algorithm : values()) {
      if (algorithm.label.equals(name)) {
        return algorithm;
      }
      labels.append(labels.length() == 0 ? "'" : ", '").append(algorithm.label).append('\'');
    }
    throw new IllegalArgumentException(
        "unknown hash algorithm '" + name + "' (supported: " + labels + ")");
  }

  /** The name on the command line and on the wire, for example {@code sha3_224}. */
  public String label() {
    return label;
  }

  /** The length of a digest in bytes. */
  public int length() {
    return length;
  }

  /** Returns a new hasher, for use by one thread. */
  public BlockHasher newHasher() {
    if (digestName != null) {
      return new DigestHasher(DigestUtils.getDigest(digestName));
    }
    return switch (this) {
      case ADLER32 -> new ChecksumHasher(new Adler32());
      case CRC32 -> new ChecksumHasher(new CRC32());
      default -> new Xxh128Hasher();
    };
  }
}
