package io.iblocksync.cli.relay;

import io.iblocksync.program.Log;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.ProtocolException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.apache.commons.codec.binary.Hex;

/**
 * Compares the hashes of both endpoints as they come, in batches, and hands the verdicts to a sink.
 * Holds the hashes of the side that is ahead, bounded: that side's thread waits when there are too
 * many. Each side has one thread.
 *
 * <p>All state is guarded by this object's monitor; volatile fields are written under it and read
 * by anyone. The sink and {@code byPieces} are called under it, so that verdicts keep the order of
 * the blocks: a sink may block in an {@link Outbox}, but neither may call the comparer.
 */
final class Comparer {
  /** Where verdicts go; called in block order, under the comparer's lock. */
  interface Sink {
    void accept(Verdicts verdicts) throws InterruptedException;
  }

  private static final int MAX_HELD_BYTES = 4 << 20;
  private static final int MAX_RUNS = 1 << 14;
  private static final int RUN_BYTES = 32;

  /** What a run of verdicts begins with. */
  private static final int EQUAL = Verdicts.run(false, 0);

  private static final int WHOLE = Verdicts.run(true, 0);
  private static final int BY_PIECES = Verdicts.runByPieces(0);

  /** Hashes of one side that the other side has no counterpart for yet. */
  private static final class Side {
    final ArrayDeque<HashRun> runs = new ArrayDeque<>();
    int firstUsed;
    volatile long expected;
    long heldBytes;

    int available() {
      return runs.peek().count() - firstUsed;
    }

    int digestStart(int digestLength) {
      return runs.peek().from() + firstUsed * digestLength;
    }
  }

  private final long commonBlocks;
  private final int digestLength;
  private final boolean lastDiffers;
  private final BooleanSupplier byPieces;
  private final Sink sink;
  private final Side source = new Side();
  private final Side target = new Side();
  private final int[] verdicts = new int[MAX_RUNS];
  private int verdictRuns;

  /** The verdict on a block that differs and has no zeros on either side. */
  private int differs = WHOLE;

  private long verdictFirst;
  private boolean aborted;
  private volatile long comparedAt;
  private volatile long compared;
  private volatile long differing;

  /**
   * @param commonBlocks how many blocks are compared
   * @param lastDiffers whether the last of them differs whatever its hashes say, as it is not of
   *     the same length on both sides
   * @param byPieces asked for each batch: whether the target is to send the hashes of the pieces of
   *     blocks that differ. Not where one side has zeros: then all of the block differs, or nothing
   *     is carried anyway
   */
  Comparer(
      long commonBlocks,
      int digestLength,
      boolean lastDiffers,
      BooleanSupplier byPieces,
      Sink sink) {
    this.commonBlocks = commonBlocks;
    this.digestLength = digestLength;
    this.lastDiffers = lastDiffers;
    this.byPieces = byPieces;
    this.sink = sink;
  }

  /** How many blocks have been compared. */
  long compared() {
    return compared;
  }

  /** When the last block was compared, as System.nanoTime. */
  long comparedAt() {
    return comparedAt;
  }

  /** How many blocks a side has hashed. */
  long hashed(Role role) {
    return (role == Role.SOURCE ? source : target).expected;
  }

  /** How many of them differ. */
  long differing() {
    return differing;
  }

  /**
   * Takes hashes of one side, forwards all verdicts that they allow, and waits while this side is
   * too far ahead of the other. After an {@link #abort} they are dropped.
   */
  synchronized void offer(Role role, Hashes hashes) throws ProtocolException, InterruptedException {
    Side side = role == Role.SOURCE ? source : target;
    long blocks = hashes.blocks();
    if (hashes.first() != side.expected || blocks > commonBlocks - side.expected) {
      throw new ProtocolException(
          "HASHES of "
              + blocks
              + " blocks from "
              + hashes.first()
              + ", expected from "
              + side.expected
              + " to "
              + commonBlocks);
    }
    side.expected += blocks;
    if (aborted) {
      return;
    }
    for (HashRun run : hashes.runs()) {
      side.runs.add(run);
      side.heldBytes += heldBytes(run);
    }
    compare();
    while (side.heldBytes > MAX_HELD_BYTES && !aborted) {
      wait();
    }
  }

  /**
   * Wakes the thread that waits here; from now on hashes are dropped and no verdict is forwarded.
   */
  synchronized void abort() {
    aborted = true;
    notifyAll();
  }

  private void compare() throws InterruptedException {
    assert Thread.holdsLock(this);
    differs = byPieces.getAsBoolean() ? BY_PIECES : WHOLE;
    while (!source.runs.isEmpty() && !target.runs.isEmpty()) {
      int count = Math.min(source.available(), target.available());
      HashRun ours = source.runs.peek();
      HashRun theirs = target.runs.peek();
      if (ours.zeros() || theirs.zeros()) {
        // An endpoint sends no digest of a block of zeros, so this needs no look at the digests.
        decide(count, ours.zeros() == theirs.zeros() ? EQUAL : WHOLE);
      } else {
        compareDigests(ours, theirs, count);
      }
      use(source, count);
      use(target, count);
    }
    forward();
    notifyAll();
  }

  private void compareDigests(HashRun ours, HashRun theirs, int count) throws InterruptedException {
    int ourStart = source.digestStart(digestLength);
    int theirStart = target.digestStart(digestLength);
    for (int i = 0; i < count; i++) {
      int ourDigest = ourStart + i * digestLength;
      int theirDigest = theirStart + i * digestLength;
      boolean unequal =
          !Arrays.equals(
              ours.digests(),
              ourDigest,
              ourDigest + digestLength,
              theirs.digests(),
              theirDigest,
              theirDigest + digestLength);
      if (unequal && Log.debug()) {
        Log.debug(
            "block "
                + compared
                + " differs: source "
                + hex(ours, ourDigest)
                + ", target "
                + hex(theirs, theirDigest));
      }
      decide(1, unequal ? differs : EQUAL);
    }
  }

  private String hex(HashRun run, int digest) {
    return Hex.encodeHexString(Arrays.copyOfRange(run.digests(), digest, digest + digestLength));
  }

  private void decide(int count, int kind) throws InterruptedException {
    long next = compared + count;
    if (lastDiffers && next == commonBlocks) {
      if (count > 1) {
        note(count - 1, kind);
      }
      note(1, WHOLE);
    } else {
      note(count, kind);
    }
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // written under the lock only
  private void note(int count, int kind) throws InterruptedException {
    for (int left = count; left > 0; ) {
      int last = verdictRuns - 1;
      int room = last < 0 ? 0 : Verdicts.MAX_COUNT - Verdicts.count(verdicts[last]);
      if (room == 0 || (verdicts[last] & ~Verdicts.MAX_COUNT) != kind) {
        if (verdictRuns == MAX_RUNS) {
          forward();
        }
        last = verdictRuns++;
        verdicts[last] = kind;
        room = Verdicts.MAX_COUNT;
      }
      int here = Math.min(left, room);
      verdicts[last] += here;
      if (compared + here == commonBlocks) {
        comparedAt = System.nanoTime();
      }
      compared += here;
      left -= here;
    }
    if (kind != EQUAL) {
      differing += count;
    }
  }

  private void forward() throws InterruptedException {
    assert Thread.holdsLock(this);
    if (verdictRuns > 0) {
      Verdicts decided = new Verdicts(verdictFirst, Arrays.copyOf(verdicts, verdictRuns));
      verdictRuns = 0;
      verdictFirst = compared;
      sink.accept(decided);
      differs = byPieces.getAsBoolean() ? BY_PIECES : WHOLE;
    }
  }

  private void use(Side side, int count) {
    side.firstUsed += count;
    HashRun run = side.runs.peek();
    if (side.firstUsed == run.count()) {
      side.heldBytes -= heldBytes(side.runs.remove());
      side.firstUsed = 0;
    }
  }

  private long heldBytes(HashRun run) {
    return RUN_BYTES + (run.zeros() ? 0 : (long) run.count() * digestLength);
  }
}
