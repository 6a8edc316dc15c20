package io.iblocksync.protocol;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;

/**
 * A set of block numbers, for protocol 1, where all verdicts come before the first block: a bit a
 * block, taken in pieces of 64 KiB (half a million blocks) that hold at least one member. The 2^31
 * blocks of 8 TiB at 4 KiB need up to 256 MiB, which are taken outside of the heap, as that is kept
 * small. For one thread at a time.
 */
public final class BlockSet {
  private static final int PIECE_WORDS = 1 << 13;
  private static final int PIECE_BITS = PIECE_WORDS * Long.SIZE;

  private final long blocks;
  private final LongBuffer[] pieces;

  /**
   * @param blocks numbers from 0 to this one exclusive can be members
   */
  public BlockSet(long blocks) {
    this.blocks = blocks;
    this.pieces = new LongBuffer[Math.toIntExact((blocks + PIECE_BITS - 1) / PIECE_BITS)];
  }

  /** Adds the blocks from {@code first} to {@code end} exclusive. */
  public void add(long first, long end) {
    for (long block = first; block < end; block++) {
      int piece = (int) (block / PIECE_BITS);
      int bit = (int) (block % PIECE_BITS);
      if (pieces[piece] == null) {
        pieces[piece] = ByteBuffer.allocateDirect(PIECE_WORDS * Long.BYTES).asLongBuffer();
      }
      LongBuffer words = pieces[piece];
      words.put(bit / Long.SIZE, words.get(bit / Long.SIZE) | 1L << bit);
    }
  }

  public boolean contains(long block) {
    LongBuffer piece = pieces[(int) (block / PIECE_BITS)];
    int bit = (int) (block % PIECE_BITS);
    return piece != null && (piece.get(bit / Long.SIZE) & 1L << bit) != 0;
  }

  /** The first member at or after {@code from}; the number of blocks if there is none. */
  public long next(long from) {
    long block = from;
    while (block < blocks) {
      LongBuffer piece = pieces[(int) (block / PIECE_BITS)];
      if (piece == null) {
        block = (block / PIECE_BITS + 1) * PIECE_BITS;
        continue;
      }
      int bit = (int) (block % PIECE_BITS);
      long word = piece.get(bit / Long.SIZE) >>> bit;
      if (word != 0) {
        return block + Long.numberOfTrailingZeros(word);
      }
      block = (block / Long.SIZE + 1) * Long.SIZE;
    }
    return blocks;
  }

  /** The first block at or after {@code from}, a member, that is none; at most {@code limit}. */
  public long runEnd(long from, long limit) {
    long end = from;
    while (end < Math.min(blocks, limit) && contains(end)) {
      end++;
    }
    return end;
  }
}
