package io.iblocksync.protocol;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;

/**
 * A set of block numbers. Protocol 1 needs it, because there all verdicts precede the first block.
 *
 * <p>The set takes one bit for each block, in segments of 64 KiB (half a million blocks); a segment
 * is allocated with its first member. The 2^31 blocks of an image of 8 TiB, at 4 KiB each, take up
 * to 256 MiB. The segments are outside of the heap, because the heap is kept small. For one thread
 * at a time.
 */
public final class BlockSet {
  private static final int SEGMENT_WORDS = 1 << 13;
  private static final int SEGMENT_BITS = SEGMENT_WORDS * Long.SIZE;

  private final long blocks;
  private final LongBuffer[] segments;

  /**
   * @param blocks the number of blocks: members are from 0 to {@code blocks} exclusive
   */
  public BlockSet(long blocks) {
    this.blocks = blocks;
    this.segments = new LongBuffer[Math.toIntExact((blocks + SEGMENT_BITS - 1) / SEGMENT_BITS)];
  }

  /** Adds the blocks from {@code first} to {@code end} exclusive. */
  public void add(long first, long end) {
    for (long block = first; block < end; block++) {
      int segment = (int) (block / SEGMENT_BITS);
      int bit = (int) (block % SEGMENT_BITS);
      if (segments[segment] == null) {
        segments[segment] = ByteBuffer.allocateDirect(SEGMENT_WORDS * Long.BYTES).asLongBuffer();
      }
      LongBuffer words = segments[segment];
      words.put(bit / Long.SIZE, words.get(bit / Long.SIZE) | 1L << bit);
    }
  }

  /** Whether a block is a member. */
  public boolean contains(long block) {
    LongBuffer segment = segments[(int) (block / SEGMENT_BITS)];
    int bit = (int) (block % SEGMENT_BITS);
    return segment != null && (segment.get(bit / Long.SIZE) & 1L << bit) != 0;
  }

  /** Returns the first member at or after {@code from}; the number of blocks if there is none. */
  public long next(long from) {
    long block = from;
    while (block < blocks) {
      LongBuffer segment = segments[(int) (block / SEGMENT_BITS)];
      if (segment == null) {
        block = (block / SEGMENT_BITS + 1) * SEGMENT_BITS;
        continue;
      }
      int bit = (int) (block % SEGMENT_BITS);
      long word = segment.get(bit / Long.SIZE) >>> bit;
      if (word != 0) {
        return block + Long.numberOfTrailingZeros(word);
      }
      block = (block / Long.SIZE + 1) * Long.SIZE;
    }
    return blocks;
  }

  /**
   * Returns the end, exclusive, of the run of members that begins at {@code from}; at most {@code
   * limit}.
   */
  public long runEnd(long from, long limit) {
    long end = from;
    while (end < Math.min(blocks, limit) && contains(end)) {
      end++;
    }
    return end;
  }
}
