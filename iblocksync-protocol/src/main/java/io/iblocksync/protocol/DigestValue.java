package io.iblocksync.protocol;

/** The digest of an image, 128 bits, as ImageDigest computes it. */
public record DigestValue(long high, long low) {
  /** The length on the wire, in bytes. */
  public static final int LENGTH = 16;

  /** The digest of an image of zeros. */
  public static final DigestValue ZERO = new DigestValue(0, 0);

  // Not the methods that Java generates for a record: their first use loads many classes.
  @Override
  public boolean equals(Object other) {
    return other instanceof DigestValue value && high == value.high && low == value.low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(high ^ low);
  }

  @Override
  public String toString() {
    return String.format("%016x%016x", high, low);
  }
}
