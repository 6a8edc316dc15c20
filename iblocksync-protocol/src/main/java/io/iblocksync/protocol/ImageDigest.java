package io.iblocksync.protocol;

import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import java.nio.ByteBuffer;

/**
 * Computes the digest of a whole image: the source's digest is of what it read, the target's of
 * what it has. PROTOCOL.md, "The digest of the image", defines it. The digest is a sum of one item
 * for each block, and an item depends on the block's position. So the items can be added in any
 * order, as they become known, and blocks of zeros, however many, add nothing.
 *
 * <p>The digest detects accidental errors. It is not collision-resistant against an adversary who
 * can choose the items.
 *
 * <p>Not safe for use by several threads.
 */
public final class ImageDigest {
  /** This and the next three are arbitrary constants: binary digits of pi after the point. */
  private static final long BLOCK_HIGH = 0x243f6a8885a308d3L;

  private static final long BLOCK_LOW = 0x13198a2e03707344L;
  private static final long DATA_HIGH = 0xa4093822299f31d0L;
  private static final long DATA_LOW = 0x082efa98ec4e6c89L;

  private final int digestLength;
  private long high;
  private long low;

  /**
   * @param digestLength the length of a digest of the run's hash algorithm, in bytes
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
   * Adds consecutive blocks, none of which is all zeros.
   *
   * @param block the number of the first block
   * @param digests the digests of the blocks, one after the other, starting at index {@code from}
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

  /** Adds a DATA frame past the common blocks by its {@code crc}; frames of zeros add nothing. */
  public void addData(long offset, int crc) {
    long word = crc & 0xffffffffL;
    high += mix(mix(offset ^ DATA_HIGH) ^ word);
    low += mix(mix(offset ^ DATA_LOW) ^ word);
  }

  /** Returns the digest of all that was added so far. */
  public DigestValue value() {
    return new DigestValue(high, low);
  }

  /** Returns the last bytes of a digest as a word, padded with zeros. */
  private static long last(byte[] digests, int from, int end) {
    long word = 0;
    for (int i = from; i < end; i++) {
      word |= (digests[i] & 0xffL) << (Long.SIZE - Byte.SIZE * (i - from + 1));
    }
    return word;
  }

  /** The finalizer of SplitMix64: it mixes all bits, and no two numbers have the same result. */
  private static long mix(long number) {
    long n = (number ^ (number >>> 30)) * 0xbf58476d1ce4e5b9L;
    n = (n ^ (n >>> 27)) * 0x94d049bb133111ebL;
    return n ^ (n >>> 31);
  }
}
