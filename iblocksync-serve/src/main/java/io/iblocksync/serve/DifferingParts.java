package io.iblocksync.serve;

import io.iblocksync.image.Chunk;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.PieceHasher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Cuts what differs of a chunk into what can be the content of one DATA frame each. For one thread.
 */
final class DifferingParts {
  /** Takes the parts, in ascending order. */
  interface Sink {
    void zeros(long offset, long length) throws IOException, InterruptedException;

    /**
     * @param bytes at most {@link Frames#MAX_DATA}
     */
    void bytes(long offset, ByteBuffer bytes) throws IOException, InterruptedException;
  }

  private final Sink sink;
  private final PieceHasher hasher;
  private final byte[] hash = new byte[PieceHasher.HASH];

  private Chunk chunk;

  /** Bytes of the chunk that differ and have not been handed on, for more may join them. */
  private long start;

  private long end;

  /**
   * @param hasher null where no pieces are compared
   */
  DifferingParts(Sink sink, PieceHasher hasher) {
    this.sink = sink;
    this.hasher = hasher;
  }

  void of(Chunk next) throws IOException, InterruptedException {
    chunk = next;
    start = 0;
    end = 0;
    BitSet differs = chunk.differs();
    for (int i = differs.nextSetBit(0); i >= 0; i = differs.nextSetBit(i)) {
      int until = differs.nextClearBit(i);
      if (chunk.zero().get(i)) {
        until = Math.min(until, chunk.zero().nextClearBit(i));
        handOn();
        sink.zeros(chunk.offset() + chunk.start(i), chunk.start(until) - chunk.start(i));
        i = until;
      } else {
        byte[] pieces = chunk.pieces(i);
        if (i > 0 && (pieces == null) != (chunk.pieces(i - 1) == null)) {
          handOn(); // No frame spans what must come as a whole and what need not.
        }
        if (pieces == null) {
          join(chunk.start(i), chunk.start(i + 1));
        } else {
          comparePieces(chunk.start(i), chunk.start(i + 1), pieces);
        }
        i++;
      }
    }
    handOn();
  }

  private void comparePieces(long from, long to, byte[] pieces)
      throws IOException, InterruptedException {
    int theirs = 0;
    for (long at = from; at < to; at += PieceHasher.PIECE) {
      long pieceEnd = Math.min(to, at + PieceHasher.PIECE);
      hasher.hash(chunk.slice(at, pieceEnd), hash, 0);
      if (!Arrays.equals(hash, 0, hash.length, pieces, theirs, theirs + hash.length)) {
        join(at, pieceEnd);
      }
      theirs += hash.length;
    }
  }

  private void join(long from, long to) throws IOException, InterruptedException {
    if (from != end) {
      handOn();
      start = from;
    }
    end = to;
  }

  private void handOn() throws IOException, InterruptedException {
    for (long from = start; from < end; from += Frames.MAX_DATA) {
      long to = Math.min(end, from + Frames.MAX_DATA);
      sink.bytes(chunk.offset() + from, chunk.slice(from, to));
    }
    start = end;
  }
}
