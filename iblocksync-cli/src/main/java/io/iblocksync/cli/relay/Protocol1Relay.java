package io.iblocksync.cli.relay;

import io.iblocksync.protocol.BlockSet;
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

  private final int digestLength;
  private final BlockSet differing;
  private final BufferPool buffers = new BufferPool(BATCH);
  private final CountDownLatch bothCompared = new CountDownLatch(2);

  public Protocol1Relay(Peer source, Peer target, RelayOptions options) {
    super(source, target, options, options.images().lastCommonIsPartial());
    this.digestLength = options.algorithm().length();
    this.differing = new BlockSet(commonBlocks);
  }

  @Override
  boolean byPieces() {
    return false;
  }

  @Override
  void forward(Verdicts verdicts) {
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
  List<SilenceWatch> watch(long seconds) {
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
  void read(Role role) throws IOException, InterruptedException {
    WireReader in = peer(role).in();
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
    int length = digestLength;
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
      relay(in, images.bytesBefore(block), images.bytesBefore(end));
      block = differing.next(end);
    }
    relay(in, images.bytesBefore(commonBlocks), images.source().size());
  }

  private void relay(WireReader in, long start, long end) throws IOException, InterruptedException {
    for (long at = start; at < end; ) {
      ByteBuffer bytes = buffers.take();
      bytes.limit((int) Math.min(bytes.capacity(), end - at));
      in.readFully(bytes);
      figures.relayed(at, bytes.position());
      at += bytes.position();
      target.outbox().put(bytes.flip(), buffers::recycle);
    }
  }
}
