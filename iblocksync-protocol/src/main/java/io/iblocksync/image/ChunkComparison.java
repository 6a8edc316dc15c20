package io.iblocksync.image;

import io.iblocksync.hash.BlockHasher;
import io.iblocksync.program.Log;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Compares two chunks of the same blocks byte by byte, and fills in what is announced in place of
 * their hashes. Equal blocks get zeros on both sides. A block that differs gets its hash in the
 * source, which the digest of the image needs, and anything else in the target. A last block whose
 * length is not the same on both sides differs.
 */
final class ChunkComparison {
  /** What is compared in one call: calls are what the JVM counts before it compiles them. */
  private static final int STEP = 16 << 10;

  private static final int WARM_UP_ROUNDS = 2000;
  private static final int WARM_UP_BYTES = 64;

  private ChunkComparison() {}

  /** Lets the JVM compile the comparison. */
  static void warmUp() {
    ByteBuffer zeros = ByteBuffer.allocateDirect(WARM_UP_BYTES);
    ByteBuffer others = ByteBuffer.allocateDirect(WARM_UP_BYTES);
    for (int i = 0; i < WARM_UP_ROUNDS; i++) {
      mismatch(zeros, others, 0, WARM_UP_BYTES);
    }
  }

  /** Returns how many bytes are in blocks of zeros on both sides. */
  static long compare(Chunk source, Chunk target, BlockHasher hasher, int digestLength) {
    if (source.firstBlock() != target.firstBlock() || source.blocks() != target.blocks()) {
      throw new IllegalStateException("chunks of different blocks are compared");
    }
    source.digests(new byte[source.blocks() * digestLength]);
    target.digests(new byte[source.blocks() * digestLength]);
    ByteBuffer ours = source.bytes();
    ByteBuffer theirs = target.bytes();
    int blocks = source.blocks();
    int length = (int) Math.min(source.length(), target.length());
    int alike = source.length() == target.length() ? blocks : blocks - 1;
    long zeroBytes = 0;
    int equalFrom = 0;
    while (equalFrom < blocks) {
      int start = (int) source.start(equalFrom);
      int found = mismatch(ours, theirs, start, length);
      int differing = found < 0 ? alike : blockAt(source, start + found);
      zeroBytes += findZeros(source, target, equalFrom, differing);
      if (differing < blocks) {
        differ(source, target, differing, hasher, digestLength);
      }
      equalFrom = differing + 1;
    }
    return zeroBytes;
  }

  /** Where, from {@code start} on, the first bytes are that differ, as an offset to it; or -1. */
  static int mismatch(ByteBuffer ours, ByteBuffer theirs, int start, int end) {
    for (int at = start; at < end; at += STEP) {
      int length = Math.min(STEP, end - at);
      int found = ours.slice(at, length).mismatch(theirs.slice(at, length));
      if (found >= 0) {
        return at - start + found;
      }
    }
    return -1;
  }

  private static int blockAt(Chunk chunk, int position) {
    return position / (int) chunk.start(1);
  }

  private static long findZeros(Chunk source, Chunk target, int from, int to) {
    long zeroBytes = 0;
    // One block that is all of a chunk of zeros does not come here.
    for (int i = from; source.blocks() > 1 && i < to; i++) {
      if (isZero(source, i)) {
        source.zero().set(i);
        target.zero().set(i);
        zeroBytes += source.start(i + 1) - source.start(i);
      }
    }
    return zeroBytes;
  }

  private static void differ(
      Chunk source, Chunk target, int i, BlockHasher hasher, int digestLength) {
    int from = i * digestLength;
    int to = from + digestLength;
    byte[] ours = source.digests();
    byte[] theirs = target.digests();
    if (source.blocks() > 1 && isZero(source, i)) {
      source.zero().set(i);
    } else {
      hasher.hash(source.slice(source.start(i), source.start(i + 1)), ours, from);
    }
    if (source.blocks() > 1 && isZero(target, i)) {
      target.zero().set(i);
    }
    if (Log.debug()) {
      // Debug output shows both hashes.
      hasher.hash(target.slice(target.start(i), target.start(i + 1)), theirs, from);
    }
    // Weak hashes of what differs can be equal, or be what is announced of equal blocks.
    if (!Log.debug() || Arrays.equals(ours, from, to, theirs, from, to)) {
      for (int j = from; j < to; j++) {
        theirs[j] = (byte) ~ours[j];
      }
    }
  }

  private static boolean isZero(Chunk chunk, int i) {
    int start = (int) chunk.start(i);
    return Zeros.isZero(chunk.bytes(), start, (int) chunk.start(i + 1) - start);
  }
}
