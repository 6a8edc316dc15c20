package io.iblocksync.receive;

import io.iblocksync.endpoint.Run;
import io.iblocksync.protocol.DigestValue;
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
 * Forms the digest of what the target has: its own hash for an equal block (or what is announced in
 * place of it, see {@link io.iblocksync.image.LocalPair}), the hash of the received bytes for one
 * that differs. Own hashes are held until the verdict; when there are too many of them, it is full,
 * and no more are to be announced until verdicts have come.
 *
 * <p>{@link #announced} and {@link #isFull} are for the writer, all else for the reading thread;
 * {@link #value} for whichever knows that all has come.
 *
 * <p>Lock: the monitor guards the hashes that are held; nothing is called under it.
 */
final class TargetDigest {
  /**
   * Less than the coordinator holds, so that it never stops reading here: the source may wait for
   * hashes of pieces that stand behind.
   */
  private static final long MAX_HELD_BYTES = 2 << 20;

  private static final int RUN_BYTES = 32;

  private final Runnable wakeWriter;
  private final ImageDigest digest;
  private final BlockRehasher received;
  private final int digestLength;
  private final long commonEnd;

  private final ArrayDeque<HashRun> held = new ArrayDeque<>();
  private int firstUsed;
  private long heldBytes;

  /**
   * @param wakeWriter is called when it is no longer full
   */
  TargetDigest(Run run, Runnable wakeWriter) {
    this.wakeWriter = wakeWriter;
    this.digestLength = run.algorithm().length();
    this.digest = new ImageDigest(digestLength);
    this.received = new BlockRehasher(run.otherGeometry(), run.algorithm(), digest);
    this.commonEnd = run.otherGeometry().offset(run.commonBlocks());
  }

  /** Whether it holds so many hashes that no more are to be announced. */
  synchronized boolean isFull() {
    return heldBytes > MAX_HELD_BYTES;
  }

  /** Holds hashes that are about to be announced. */
  synchronized void announced(Hashes hashes) {
    for (HashRun run : hashes.runs()) {
      held.add(run);
      heldBytes += heldBytes(run);
    }
  }

  /** Adds the own hashes of blocks that are equal, and forgets those of blocks that differ. */
  void decided(Verdicts verdicts) throws ProtocolException {
    boolean wasFull;
    synchronized (this) {
      wasFull = isFull();
      long block = verdicts.first();
      for (int run : verdicts.runs()) {
        int count = Verdicts.count(run);
        use(block, count, Verdicts.differs(run));
        block += count;
      }
    }
    if (wasFull && !isFull()) {
      wakeWriter.run();
    }
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
   * Adds received data.
   *
   * @param crc of the frame, as it was computed here
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

  /** Adds the unchanged bytes between received pieces. */
  void kept(long offset, ByteBuffer bytes) {
    received.bytes(offset, bytes);
  }

  /** The digest, when all is decided and has come. */
  DigestValue value() {
    return digest.value();
  }
}
