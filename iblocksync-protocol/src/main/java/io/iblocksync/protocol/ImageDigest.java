package io.iblocksync.protocol;

import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import java.nio.ByteBuffer;

/**
 * The digest of a whole image, which the source forms of what it read and the target of what it
 * has; PROTOCOL.md, "The digest of the image", defines it. A sum of one item for each block, bound
 * to its place: so its parts can be added in any order, without keeping what is not yet known, and
 * a block of zeros adds nothing, however many there are of them.
 *
 * <p>It finds what goes wrong by chance. It does not defend against who can choose the items.
 *
 * <p>Not safe for use by several threads.
 */
public final class ImageDigest {
  /** The bytes that a value takes on the wire. */
  public static final int LENGTH = 16;

  /** Binary digits of pi after the point, as good as any. */
  private static final long BLOCK_HIGH = 0x243f6a8885a308d3L;

  private static final long BLOCK_LOW = 0x13198a2e03707344L;
  private static final long DATA_HIGH = 0xa4093822299f31d0L;
  private static final long DATA_LOW = 0x082efa98ec4e6c89L;

  private final int digestLength;
  private long high;
  private long low;

  /** 128 bits. */
  public record Value(long high, long low) {
    /** Of an image of zeros. */
    public static final Value ZERO = new Value(0, 0);

    // Written out: what Java would make by itself loads a lot when it is first used.
    @Override
    public boolean equals(Object other) {
      return other instanceof Value value && high == value.high && low == value.low;
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

  /**
   * @param digestLength of the run's hash algorithm, in bytes
   */
  public ImageDigest(int digestLength) {
    this.digestLength = digestLength;
  }

  /** Adds consecutive blocks. */
  public void add(Hashes hashes) {
    long block = hashes.first();
    for (HashRun run : hashes.runs()) {
      if (!run.zeros()) {
        add(block, run.count(), run.digests(), run.from());
      }
      block += run.count();
    }
  }

  /**
   * Adds consecutive blocks none of which is all zeros.
   *
   * @param digests theirs, one behind the other, from index {@code from}
   */
  public void add(long block, int count, byte[] digests, int from) {
    ByteBuffer words = ByteBuffer.wrap(digests);
    for (int i = 0; i < count; i++) {
      int start = from + i * digestLength;
      long h = mix((block + i) ^ BLOCK_HIGH);
      long l = mix((block + i) ^ BLOCK_LOW);
      int end = start + digestLength;
      for (int at = start; at < end; at += Long.BYTES) {
        long word = end - at >= Long.BYTES ? words.getLong(at) : last(digests, at, end);
        h = mix(h ^ word);
        l = mix(l ^ word);
      }
      high += h;
      low += l;
    }
  }

  /** Adds a DATA frame past the common blocks, one that is not of zeros, by its {@code crc}. */
  public void addData(long offset, int crc) {
    long word = crc & 0xffffffffL;
    high += mix(mix(offset ^ DATA_HIGH) ^ word);
    low += mix(mix(offset ^ DATA_LOW) ^ word);
  }

  public Value value() {
    return new Value(high, low);
  }

  /** The last bytes of a digest as a word, filled up with zeros. */
  private static long last(byte[] digests, int from, int end) {
    long word = 0;
    for (int i = from; i < end; i++) {
      word |= (digests[i] & 0xffL) << (Long.SIZE - Byte.SIZE * (i - from + 1));
    }
    return word;
  }

  /** The finalizer of SplitMix64, which maps each number to another one, and mixes all bits. */
  private static long mix(long number) {
    long n = (number ^ (number >>> 30)) * 0xbf58476d1ce4e5b9L;
    n = (n ^ (n >>> 27)) * 0x94d049bb133111ebL;
    return n ^ (n >>> 31);
  }
}
