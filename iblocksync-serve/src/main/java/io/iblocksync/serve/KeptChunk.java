package io.iblocksync.serve;

import io.iblocksync.image.Chunk;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.PieceHasher;
import io.iblocksync.protocol.ProtocolException;
import java.util.BitSet;

/**
 * A chunk that the source keeps, and what is known of its blocks: the verdicts, and the target's
 * hashes of their pieces. Guarded by the lock of {@link KeptChunks} until that hands it out; then
 * all is known and it changes no more.
 */
final class KeptChunk {
  private final Chunk chunk;
  private int decided;

  /** Which blocks the target lacks; null for none. */
  private BitSet differs;

  /** The blocks of which the target sends the hashes of the pieces; null for none. */
  private BitSet byPieces;

  /** Those hashes, as they come, by block; null for none. */
  private byte[][] pieces;

  /** The block whose pieces come next, and how many bytes of their hashes have come. */
  private int piecesBlock;

  private int piecesBytes;

  KeptChunk(Chunk chunk) {
    this.chunk = chunk;
  }

  Chunk chunk() {
    return chunk;
  }

  /** How many of its blocks have no verdict yet. */
  int undecided() {
    return chunk.blocks() - decided;
  }

  /** Which of its blocks the target lacks; null for none. */
  BitSet differs() {
    return differs;
  }

  /** Whether there are blocks of which the target sends the hashes of the pieces. */
  boolean byPieces() {
    return byPieces != null;
  }

  /** The target's hashes of the pieces of its block {@code i}; null if it is to be sent whole. */
  byte[] pieces(int i) {
    return byPieces != null && byPieces.get(i) ? pieces[i] : null;
  }

  /** Whether hashes of pieces are still to come, as far as is decided. */
  boolean lacksPieces() {
    return piecesMissing() >= 0;
  }

  /** The next block whose pieces have not all come; -1 for none. */
  private int piecesMissing() {
    return byPieces == null ? -1 : byPieces.nextSetBit(piecesBlock);
  }

  /** Notes the verdict on the next {@code count} blocks. */
  void decide(int count, boolean differing) {
    if (differing) {
      if (differs == null) {
        differs = new BitSet(chunk.blocks());
      }
      differs.set(decided, decided + count);
    }
    decided += count;
  }

  /**
   * Notes that the next {@code count} blocks differ, and that hashes of their pieces will come.
   *
   * @throws ProtocolException if one of them is zeros: that has no pieces, and a hole has so many
   *     blocks that the hashes would fill the memory
   */
  void decideByPieces(int count) throws ProtocolException {
    int zeros = chunk.zero().nextSetBit(decided);
    if (zeros >= 0 && zeros < decided + count) {
      throw new ProtocolException(
          "VERDICTS by pieces on block " + (chunk.firstBlock() + zeros) + ", which is zeros");
    }
    if (byPieces == null) {
      byPieces = new BitSet(chunk.blocks());
    }
    byPieces.set(decided, decided + count);
    decide(count, true);
  }

  /** Takes hashes of the pieces that come next; some are missing. */
  void takePieces(Pieces message) throws ProtocolException {
    int i = piecesMissing();
    int blockLength = (int) (chunk.start(i + 1) - chunk.start(i));
    int length = PieceHasher.pieces(blockLength) * PieceHasher.HASH;
    byte[] hashes = message.hashes();
    if (message.block() != chunk.firstBlock() + i
        || (long) message.piece() * PieceHasher.HASH != piecesBytes
        || hashes.length > length - piecesBytes) {
      throw new ProtocolException(
          "PIECES of block "
              + message.block()
              + " from "
              + message.piece()
              + " on, expected of "
              + (chunk.firstBlock() + i)
              + " from "
              + piecesBytes / PieceHasher.HASH);
    }
    if (pieces == null) {
      pieces = new byte[chunk.blocks()][];
    }
    if (pieces[i] == null) {
      pieces[i] = new byte[length];
    }
    System.arraycopy(hashes, 0, pieces[i], piecesBytes, hashes.length);
    piecesBytes += hashes.length;
    if (piecesBytes == length) {
      piecesBlock = i + 1;
      piecesBytes = 0;
    }
  }
}
