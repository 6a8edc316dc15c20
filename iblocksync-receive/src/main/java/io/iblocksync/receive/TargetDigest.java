package io.iblocksync.receive;

import io.iblocksync.endpoint.Run;
import io.iblocksync.image.BlockWindow;
import io.iblocksync.protocol.ImageDigest;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Forms the digest of what the target has: its own hash of a block that is equal (or what stands
 * for it, see {@link io.iblocksync.image.LocalPair}), the hash of what came of one that differs.
 * Own hashes are kept until the verdict; when there are too many of them, no more are announced
 * until verdicts have come.
 *
 * <p>{@link #announced} is for the thread that writes to the coordinator, all else for the one that
 * reads.
 */
final class TargetDigest {
  /**
   * Less than the coordinator holds, so that it never stops reading here: the source may wait for
   * hashes of pieces that stand behind.
   */
  private static final long MAX_HELD_BYTES = 2 << 20;

  private static final int RUN_BYTES = 32;

  private final BlockWindow window;
  private final ImageDigest digest;
  private final BlockRehasher received;
  private final int digestLength;
  private final long commonEnd;

  private final ArrayDeque<HashRun> held = new ArrayDeque<>();
  private int firstUsed;
  private long heldBytes;

  TargetDigest(Run run, BlockWindow window) {
    this.window = window;
    this.digestLength = run.algorithm().length();
    this.digest = new ImageDigest(digestLength);
    this.received = new BlockRehasher(run.otherGeometry(), run.algorithm(), digest);
    this.commonEnd = run.otherGeometry().offset(run.commonBlocks());
  }

  /** Keeps hashes that are about to be announced. */
  synchronized void announced(Hashes hashes) {
    for (HashRun run : hashes.runs()) {
      held.add(run);
      heldBytes += heldBytes(run);
    }
    window.holdBack(heldBytes > MAX_HELD_BYTES);
  }

  /** Adds the own hashes of blocks that are equal, and forgets those of blocks that differ. */
  synchronized void decided(Verdicts verdicts) throws ProtocolException {
    long block = verdicts.first();
    for (int run : verdicts.runs()) {
      int count = Verdicts.count(run);
      use(block, count, Verdicts.differs(run));
      block += count;
    }
    window.holdBack(heldBytes > MAX_HELD_BYTES);
  }

  private void use(long first, int blocks, boolean differ) throws ProtocolException {
    long block = first;
    int left = blocks;
    while (left > 0) {
      HashRun run = held.peek();
      if (run == null) {
        throw new ProtocolException("VERDICTS on block " + block + " before its hash was sent");
      }
      int count = Math.min(left, run.count() - firstUsed);
      if (!differ && !run.zeros()) {
        digest.add(block, count, run.digests(), run.from() + firstUsed * digestLength);
      }
      firstUsed += count;
      if (firstUsed == run.count()) {
        heldBytes -= heldBytes(held.remove());
        firstUsed = 0;
      }
      block += count;
      left -= count;
    }
  }

  private long heldBytes(HashRun run) {
    return RUN_BYTES + (run.zeros() ? 0 : (long) run.count() * digestLength);
  }

  /**
   * Adds what has come.
   *
   * @param crc of the frame, as it was found here
   * @param body the bytes of the image; nothing for zeros
   */
  void received(Data data, int crc, ByteBuffer body) {
    if (data.offset() < commonEnd) {
      // No frame reaches past the common blocks if it begins within them.
      if (data.encoding() == Encoding.ZEROS) {
        received.zeros(data.offset(), data.length());
      } else {
        received.bytes(data.offset(), body);
      }
    } else if (data.encoding() != Encoding.ZEROS) {
      digest.addData(data.offset(), crc);
    }
  }

  /** Adds what stays as it is between what has come of a block. */
  void kept(long offset, ByteBuffer bytes) {
    received.bytes(offset, bytes);
  }

  /** The digest, when all is decided and has come. */
  ImageDigest.Value value() {
    return digest.value();
  }
}
