package io.iblocksync.cli.relay;

import io.iblocksync.cli.process.EndpointProcess;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.protocol.BlockSet;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.Protocol1;
import io.iblocksync.protocol.SilenceWatch;
import io.iblocksync.protocol.WireReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;

/**
 * The coordinator's part in protocol 1, for an iblocksync 1.0.1 on either side: it compares the
 * digests as they come and keeps a bit a block; when all are compared, it sends all signals, then
 * carries all blocks.
 */
public final class Protocol1Relay extends Relay {
  private static final int BATCH = 1 << 16;

  private final BlockSet differing;
  private final BufferPool buffers = new BufferPool(BATCH);
  private final CountDownLatch bothCompared = new CountDownLatch(2);

  public Protocol1Relay(
      EndpointProcess source,
      EndpointProcess target,
      Geometry sourceGeometry,
      Geometry targetGeometry,
      HashAlgorithm algorithm) {
    super(
        source,
        target,
        sourceGeometry,
        targetGeometry,
        algorithm,
        lastDiffers(sourceGeometry, targetGeometry));
    this.differing = new BlockSet(commonBlocks);
  }

  /**
   * Whether the last common block is partial on either side: then it is always sent, as 1.0.1 pads
   * a partial block that is equal.
   */
  private static boolean lastDiffers(Geometry source, Geometry target) {
    long common = Math.min(source.blocks(), target.blocks());
    return common > 0
        && Math.min(source.length(common - 1), target.length(common - 1)) < source.blockSize();
  }

  @Override
  protected void tell(Verdicts verdicts) {
    long block = verdicts.first();
    for (int run : verdicts.runs()) {
      if (Verdicts.differs(run)) {
        differing.add(block, block + Verdicts.count(run));
      }
      block += Verdicts.count(run);
    }
  }

  /**
   * Protocol 1 has no signs of life, and a side may have nothing to say for as long as the other is
   * at work: only when neither moves is that a silence.
   */
  @Override
  protected List<SilenceWatch> watch(long seconds) {
    WireReader fromSource = source.in();
    WireReader fromTarget = target.in();
    LongSupplier moved =
        () ->
            fromSource.reads()
                + fromTarget.reads()
                + source.outbox().written()
                + target.outbox().written();
    Runnable fail = () -> silent(fromSource.waiting() >= 0 ? Role.SOURCE : Role.TARGET, seconds);
    return List.of(SilenceWatch.start(moved, seconds, fail));
  }

  @Override
  protected void read(Role role) throws IOException, InterruptedException {
    WireReader in = side(role).in();
    readDigests(role, in);
    bothCompared.countDown();
    bothCompared.await();
    if (role == Role.SOURCE) {
      sendSignals();
      relayBlocks(in);
    } else {
      Protocol1.isAck(in.readByte(), "the signal for the target's cut");
    }
    Protocol1.checkEot(in.readByte());
    outcome.done(role);
  }

  private void readDigests(Role role, WireReader in) throws IOException, InterruptedException {
    int length = algorithm.length();
    ByteBuffer batch = ByteBuffer.allocate(BATCH);
    for (long block = 0; block < commonBlocks; ) {
      // As many whole digests as have come, at least one.
      batch.clear().limit((int) Math.min(BATCH / length, commonBlocks - block) * length);
      in.readSome(batch);
      int rest = batch.position() % length;
      if (rest > 0 || batch.position() == 0) {
        in.readFully(batch.limit(batch.position() + length - rest));
      }
      int count = batch.position() / length;
      // A copy, for what the comparer holds may be a few bytes each time.
      byte[] digests = Arrays.copyOf(batch.array(), batch.position());
      comparer.offer(role, new Hashes(block, List.of(new HashRun(count, digests, 0))));
      block += count;
    }
  }

  private void sendSignals() throws InterruptedException {
    for (long block = 0; block < commonBlocks; ) {
      ByteBuffer signals = buffers.take();
      while (signals.hasRemaining() && block < commonBlocks) {
        signals.put((byte) (differing.contains(block++) ? Protocol1.ACK : Protocol1.NAK));
      }
      signals.flip();
      source.outbox().put(signals.duplicate(), null);
      target.outbox().put(signals, null);
    }
  }

  private void relayBlocks(WireReader in) throws IOException, InterruptedException {
    for (long block = differing.next(0); block < commonBlocks; ) {
      long end = differing.runEnd(block, commonBlocks);
      relay(in, sourceGeometry.offset(block), offset(end));
      block = differing.next(end);
    }
    relay(in, offset(commonBlocks), sourceGeometry.size());
  }

  private long offset(long block) {
    return Math.min(sourceGeometry.offset(block), sourceGeometry.size());
  }

  private void relay(WireReader in, long start, long end) throws IOException, InterruptedException {
    for (long at = start; at < end; ) {
      ByteBuffer bytes = buffers.take();
      bytes.limit((int) Math.min(bytes.capacity(), end - at));
      in.readFully(bytes);
      at += bytes.position();
      relayedBytes = relayedBytes + bytes.position();
      relayedTo = at;
      target.outbox().put(bytes.flip(), buffers::giveBack);
    }
  }
}
