package io.iblocksync.image;

import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.PieceHasher;
import io.iblocksync.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Adjacent whole blocks of an image that are read, hashed and kept together. Owned by one thread at
 * a time: the worker that fills it, then the window, then the thread that sends it.
 */
public final class Chunk {
  /** The most blocks of a hole; which of so many differ fits into 16 KiB. */
  static final int MAX_HOLE_BLOCKS = 1 << 17;

  private static final BitSet HOLE = new BitSet(MAX_HOLE_BLOCKS);

  static {
    HOLE.set(0, MAX_HOLE_BLOCKS);
  }

  private final long firstBlock;
  private final int blocks;
  private final int blockSize;
  private final long length;
  private final boolean hashed;
  private final BitSet zero;

  /** Null where all blocks are zero, or when the window has taken the buffer back. */
  ByteBuffer bytes;

  byte[] digests;
  boolean ready;
  BitSet differs;
  int decided;

  /** Which of its blocks the target sends the hashes of the pieces of; null for none. */
  BitSet byPieces;

  /** Those hashes, as they come, by block; null for none. */
  private byte[][] pieces;

  /** The block whose pieces come next, and how many bytes of their hashes have come. */
  private int piecesBlock;

  private int piecesBytes;

  Chunk(long firstBlock, int blocks, int blockSize, int length, boolean hashed) {
    this(firstBlock, blocks, blockSize, length, hashed, new BitSet(blocks));
  }

  private Chunk(
      long firstBlock, int blocks, int blockSize, long length, boolean hashed, BitSet zero) {
    this.firstBlock = firstBlock;
    this.blocks = blocks;
    this.blockSize = blockSize;
    this.length = length;
    this.hashed = hashed;
    this.zero = zero;
  }

  /**
   * Blocks that lie in a hole, at most {@link #MAX_HOLE_BLOCKS} of them: never read, without bytes,
   * and longer than what is read at once.
   */
  static Chunk hole(long firstBlock, int blocks, int blockSize, long length, boolean hashed) {
    return new Chunk(firstBlock, blocks, blockSize, length, hashed, HOLE);
  }

  public long firstBlock() {
    return firstBlock;
  }

  public int blocks() {
    return blocks;
  }

  /** Bytes, less than a multiple of the block size only at the end of the image. */
  public long length() {
    return length;
  }

  /** Position of its first byte in the image. */
  public long offset() {
    return firstBlock * blockSize;
  }

  /**
   * Offset within the chunk of its block {@code i}; its length for {@code i} = {@link #blocks()}.
   */
  public long start(int i) {
    return i == blocks ? length : (long) i * blockSize;
  }

  /** Whether its blocks need digests; those that the target has no counterpart of need none. */
  public boolean hashed() {
    return hashed;
  }

  /** Which of its blocks hold nothing but zeros; what is set past its blocks means nothing. */
  public BitSet zero() {
    return zero;
  }

  public boolean allZero() {
    return zero.nextClearBit(0) >= blocks;
  }

  /** Which of its blocks the target lacks, once that is decided. */
  public BitSet differs() {
    return differs;
  }

  /** The bytes from {@code start} to {@code end}, both within the chunk, as a buffer of its own. */
  public ByteBuffer slice(long start, long end) {
    return bytes.slice((int) start, (int) (end - start));
  }

  /** How many bytes its hashes may take in a frame. */
  int hashBytes(int digestLength) {
    return allZero() ? 4 : blocks * (4 + digestLength);
  }

  /** The target's hashes of the pieces of its block {@code i}; null if it is to be sent whole. */
  public byte[] pieces(int i) {
    return byPieces != null && byPieces.get(i) ? pieces[i] : null;
  }

  /** The next of its blocks whose pieces have not all come, as far as is decided; -1 for none. */
  int piecesMissing() {
    return byPieces == null ? -1 : byPieces.nextSetBit(piecesBlock);
  }

  /** Takes hashes of pieces of the block {@link #piecesMissing}. */
  void takePieces(Pieces message) throws ProtocolException {
    int i = piecesMissing();
    int length = PieceHasher.pieces((int) (start(i + 1) - start(i))) * PieceHasher.HASH;
    byte[] hashes = message.hashes();
    if (message.block() != firstBlock + i
        || (long) message.piece() * PieceHasher.HASH != piecesBytes
        || hashes.length > length - piecesBytes) {
      throw new ProtocolException(
          "PIECES of block "
              + message.block()
              + " from "
              + message.piece()
              + " on, expected of "
              + (firstBlock + i)
              + " from "
              + piecesBytes / PieceHasher.HASH);
    }
    if (pieces == null) {
      pieces = new byte[blocks][];
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

  /**
   * Notes that the next {@code count} blocks differ, and that hashes of their pieces will come.
   *
   * @throws ProtocolException if one of them is zeros: it has no pieces, and a hole so many blocks
   *     that the hashes would fill the memory
   */
  void decideByPieces(int count) throws ProtocolException {
    int zeros = zero.nextSetBit(decided);
    if (zeros >= 0 && zeros < decided + count) {
      throw new ProtocolException(
          "VERDICTS by pieces on block " + (firstBlock + zeros) + ", which is zeros");
    }
    if (byPieces == null) {
      byPieces = new BitSet(blocks);
    }
    byPieces.set(decided, decided + count);
    decide(count, true);
  }

  /** Notes the verdict on the next {@code count} blocks. */
  void decide(int count, boolean differing) {
    if (differing) {
      if (differs == null) {
        differs = new BitSet(blocks);
      }
      differs.set(decided, decided + count);
    }
    decided += count;
  }

  /** Its hashes, if it is hashed. */
  public Hashes hashes(int digestLength) {
    List<HashRun> runs = new ArrayList<>();
    appendRuns(runs, digestLength);
    return new Hashes(firstBlock, runs);
  }

  /** Appends what its hashes are to {@code runs}, merging zeros with zeros before them. */
  void appendRuns(List<HashRun> runs, int digestLength) {
    int i = 0;
    while (i < blocks) {
      int end;
      if (zero.get(i)) {
        end = Math.min(blocks, zero.nextClearBit(i));
        appendZeros(runs, end - i);
      } else {
        int next = zero.nextSetBit(i);
        end = next < 0 ? blocks : next;
        runs.add(new HashRun(end - i, digests, i * digestLength));
      }
      i = end;
    }
  }

  private static void appendZeros(List<HashRun> runs, int count) {
    int last = runs.size() - 1;
    if (last >= 0 && runs.get(last).zeros()) {
      runs.set(last, HashRun.zeros(runs.get(last).count() + count));
    } else {
      runs.add(HashRun.zeros(count));
    }
  }
}
