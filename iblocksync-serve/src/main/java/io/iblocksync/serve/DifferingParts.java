package io.iblocksync.serve;

import io.iblocksync.image.Chunk;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.PieceHasher;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cuts what differs of a chunk into parts of which each can be the content of one DATA frame. Finds
 * them one by one, as they are asked for, so that the first can be on its way before the pieces of
 * the last are hashed. For one thread.
 */
final class DifferingParts {
  /**
   * A part of the image that the target lacks.
   *
   * @param bytes a slice of the chunk of at most {@link Frames#MAX_DATA}; null for zeros
   * @param last whether it is the last one of its chunk
   */
  record Part(long offset, long length, ByteBuffer bytes, boolean last) {}

  /** Neighbours of one kind, but for zeros, are one part. */
  private enum Kind {
    NONE,
    ZEROS,
    /** Must come as a whole. */
    WHOLE,
    /** Pieces of blocks of which the other ones need not come. */
    PIECES
  }

  private final PieceHasher hasher;
  private final byte[] hash = new byte[PieceHasher.HASH];

  private KeptChunk kept;
  private Chunk chunk;

  /** Where to look on: the block, and how many of its pieces were looked at. */
  private int block;

  private int pieces;

  /** What of the chunk was found to differ and is not handed out, with what has joined it. */
  private Kind kind = Kind.NONE;

  private long start;
  private long end;

  /** What was found behind that. */
  private Kind found = Kind.NONE;

  private long foundStart;
  private long foundEnd;

  /**
   * @param hasher null where no pieces are compared
   */
  DifferingParts(PieceHasher hasher) {
    this.hasher = hasher;
  }

  /** Begins with a chunk that differs; all parts of the one before have been taken. */
  void begin(KeptChunk next) {
    kept = next;
    chunk = next.chunk();
    block = 0;
    pieces = 0;
    start = end;
    find();
  }

  /**
   * The next part of the chunk, in ascending order.
   *
   * @return null if there is none any more, or no chunk
   */
  Part next() {
    if (start == end) {
      if (found == Kind.NONE) {
        return null;
      }
      kind = found;
      start = foundStart;
      end = foundEnd;
      find();
    }
    if (kind == Kind.ZEROS) {
      return zeros();
    }
    while (found == kind && foundStart == end && end - start < Frames.MAX_DATA) {
      end = foundEnd;
      find();
    }
    long from = start;
    start = Math.min(end, from + Frames.MAX_DATA);
    return new Part(chunk.offset() + from, start - from, chunk.slice(from, start), isLast());
  }

  private Part zeros() {
    long from = start;
    start = end;
    return new Part(chunk.offset() + from, end - from, null, isLast());
  }

  private boolean isLast() {
    return start == end && found == Kind.NONE;
  }

  /** Finds what differs next. */
  private void find() {
    int i = kept.differs().nextSetBit(block);
    while (i >= 0 && !findIn(i)) {
      i = kept.differs().nextSetBit(block);
    }
    if (i < 0) {
      found = Kind.NONE;
    }
  }

  /** Returns false if there is nothing more in the block {@code i}. */
  private boolean findIn(int i) {
    block = i;
    if (chunk.zero().get(i)) {
      int until = Math.min(kept.differs().nextClearBit(i), chunk.zero().nextClearBit(i));
      found(Kind.ZEROS, chunk.start(i), chunk.start(until));
      block = until;
      return true;
    }
    byte[] theirs = kept.pieces(i);
    if (theirs == null) {
      found(Kind.WHOLE, chunk.start(i), chunk.start(i + 1));
      block = i + 1;
      return true;
    }
    return findPiece(chunk.start(i), chunk.start(i + 1), theirs);
  }

  private boolean findPiece(long blockStart, long blockEnd, byte[] theirs) {
    long at = blockStart + (long) pieces * PieceHasher.PIECE;
    while (at < blockEnd) {
      long pieceEnd = Math.min(blockEnd, at + PieceHasher.PIECE);
      int from = pieces * PieceHasher.HASH;
      pieces++;
      hasher.hash(chunk.slice(at, pieceEnd), hash, 0);
      if (!Arrays.equals(hash, 0, hash.length, theirs, from, from + hash.length)) {
        found(Kind.PIECES, at, pieceEnd);
        return true;
      }
      at = pieceEnd;
    }
    pieces = 0;
    block++;
    return false;
  }

  private void found(Kind what, long from, long to) {
    found = what;
    foundStart = from;
    foundEnd = to;
  }
}
