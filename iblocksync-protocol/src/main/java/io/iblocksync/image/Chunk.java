package io.iblocksync.image;

import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Adjacent whole blocks of an image that are read and hashed together. Owned by one thread at a
 * time: by the worker that fills it, then by the consumer of {@link ReadAhead}.
 */
public final class Chunk {
  /** The largest hole, in blocks: a bit set of its blocks takes 16 KiB. */
  static final int MAX_HOLE_BLOCKS = 1 << 17;

  private static final BitSet HOLE = new BitSet(MAX_HOLE_BLOCKS);

  static {
    HOLE.set(0, MAX_HOLE_BLOCKS);
  }

  private final long firstBlock;
  private final int blocks;
  private final int blockSize;
  private final long length;
  private final boolean common;
  private final boolean hashed;
  private final BitSet zero;

  /** Null in a hole, before a buffer is found, and after it went back to {@link ReadAhead}. */
  private ByteBuffer bytes;

  private byte[] digests;

  /** Whether it is read and hashed; guarded by the lock of its {@link ReadAhead}. */
  boolean ready;

  Chunk(long firstBlock, int blocks, int blockSize, int length, boolean common, boolean hashed) {
    this(firstBlock, blocks, blockSize, length, common, hashed, new BitSet(blocks));
  }

  private Chunk(
      long firstBlock,
      int blocks,
      int blockSize,
      long length,
      boolean common,
      boolean hashed,
      BitSet zero) {
    this.firstBlock = firstBlock;
    this.blocks = blocks;
    this.blockSize = blockSize;
    this.length = length;
    this.common = common;
    this.hashed = hashed;
    this.zero = zero;
  }

  /**
   * Blocks that lie in a hole, at most {@link #MAX_HOLE_BLOCKS} of them: never read, without bytes.
   */
  static Chunk hole(long firstBlock, int blocks, int blockSize, long length, boolean common) {
    return new Chunk(firstBlock, blocks, blockSize, length, common, common, HOLE);
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

  /** Whether both images have its blocks, so that there will be a verdict on them. */
  public boolean common() {
    return common;
  }

  /** Whether its blocks have digests, unless they are zeros. */
  public boolean hashed() {
    return hashed;
  }

  /** Which of its blocks hold nothing but zeros; bits past its blocks mean nothing. */
  public BitSet zero() {
    return zero;
  }

  public boolean allZero() {
    return zero.nextClearBit(0) >= blocks;
  }

  /** Whether it lies in a hole, and is not read. */
  boolean isHole() {
    return zero == HOLE;
  }

  /** The bytes from {@code start} to {@code end}, both within the chunk, as a buffer of its own. */
  public ByteBuffer slice(long start, long end) {
    return bytes.slice((int) start, (int) (end - start));
  }

  /** All of its bytes; null if there are none. */
  ByteBuffer bytes() {
    return bytes;
  }

  /** Gives the chunk a buffer of at least its length. */
  void fill(ByteBuffer buffer) {
    bytes = buffer.clear().limit((int) length);
  }

  /** Takes its buffer away; null if it has none. */
  ByteBuffer takeBytes() {
    ByteBuffer taken = bytes;
    bytes = null;
    return taken;
  }

  /** The digests of its blocks, one behind the other; the place of a block of zeros is unused. */
  byte[] digests() {
    return digests;
  }

  void digests(byte[] found) {
    digests = found;
  }

  /** How many bytes its hashes may take in a frame. */
  int hashBytes(int digestLength) {
    return allZero() ? 4 : blocks * (4 + digestLength);
  }

  /** Its hashes, if it is hashed. */
  public Hashes hashes(int digestLength) {
    List<HashRun> runs = new ArrayList<>();
    appendRuns(runs, digestLength);
    return new Hashes(firstBlock, runs);
  }

  /** Appends its hashes to {@code runs}, merging zeros with zeros before them. */
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
