package io.iblocksync.receive;

import io.iblocksync.endpoint.FrameSession;
import io.iblocksync.endpoint.Run;
import io.iblocksync.image.BlockWindow;
import io.iblocksync.image.Chunk;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.protocol.Checksums;
import io.iblocksync.protocol.DirectBuffers;
import io.iblocksync.protocol.Features;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.ZstdDecoder;
import io.iblocksync.receive.disk.DiskWriter;
import io.iblocksync.receive.disk.Target;
import io.iblocksync.receive.disk.TargetProbe;
import io.iblocksync.receive.disk.ZeroMaker;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The target in protocol 2: reads and hashes its blocks ahead of the verdicts, and writes what
 * comes for the blocks that differ. A block is written only after it was hashed, since a verdict on
 * it, and so its data, is accepted only after its hash was sent.
 */
final class TargetSession extends FrameSession {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final TargetProbe probe;
  private final ExpectedData expected;
  private final TargetDigest proof;

  /** Whether all is open and started; if not, what comes is only discarded. */
  private boolean ready;

  /** These three are null until the target is open. */
  private Target target;

  private DiskWriter disk;

  /** Null also if the target is not read again at the end. */
  private Verification verification;

  /** Null where no pieces are compared. */
  private final PieceSender pieces;

  /** What was read of the own image to be hashed; made when the first is. */
  private ByteBuffer own;

  private final Checksums checksums = new Checksums();
  private long receivedBytes;

  /** Made when the first compressed data comes. */
  private ZstdDecoder zstd;

  private ByteBuffer compressed;

  TargetSession(Run run, TargetProbe probe) throws ProtocolException {
    super(
        run,
        new BlockWindow(
            // A longer target may still be equal up to the source's end.
            run.comparedPart(),
            run.commonBlocks(),
            run.algorithm().length(),
            false,
            run.windowBytes()));
    this.probe = probe;
    this.expected = new ExpectedData(run.otherGeometry(), run.commonBlocks());
    this.proof = new TargetDigest(run, window);
    this.pieces =
        run.features().contains(Features.PIECES)
            ? new PieceSender(run.otherGeometry(), window, run.settings().text(Setting.SALT))
            : null;
  }

  void run() throws IOException, InterruptedException {
    prepare(this::startReading, this::startWriting);
    play();
  }

  private void startReading() throws IOException {
    target = probe.open(run.settings());
    target.prepare(run.other().fileSize());
    ZeroMaker zeros = new ZeroMaker(target, run.own().fileSize(), run.settings());
    disk = new DiskWriter(target, zeros, run.finalSize(), window);
    verification = run.settings().flag(Setting.VERIFY) ? new Verification(run, target) : null;
    disk.verify(verification);
    if (run.side() == null) {
      // Before the window takes all the memory that there is.
      disk.give(DirectBuffers.allocate(Frames.MAX_DATA));
    }
    HashWorkers.start(window, target.reader(), run.algorithm(), run.side());
    target.reader().warnOfPartialPages(run.own().blockSize());
    if (run.side() != null) {
      disk.give(run.side().writeBuffer());
    }
  }

  private void startWriting() {
    if (pieces != null) {
      pieces.start(target::read);
    }
    disk.start();
    ready = true;
  }

  @Override
  protected void receive(Message message) throws IOException, InterruptedException {
    if (!ready) {
      throw new IOException("the target is not open");
    }
    if (message instanceof Verdicts verdicts) {
      verdicts.check(pieces != null);
      expected.decide(verdicts, window.announced());
      proof.decided(verdicts);
      if (pieces != null) {
        pieces.decided(verdicts);
      }
    } else if (message instanceof Data data) {
      expected.take(data, this::keep);
      receive(data);
    } else if (message instanceof Done done) {
      expected.checkComplete(this::keep);
      if (done.bytes() != receivedBytes) {
        throw unexpected(done, "a sum of " + receivedBytes + " bytes");
      }
      disk.end();
    } else {
      throw unexpected(message, "verdicts, data or done");
    }
  }

  /** Hashes what stays as it is of a block, for the digest of the image. */
  private void keep(long start, long end) throws IOException {
    if (own == null) {
      own = DirectBuffers.allocate(Frames.MAX_DATA);
    }
    for (long at = start; at < end; at += own.limit()) {
      own.clear().limit((int) Math.min(own.capacity(), end - at));
      target.read(own, at);
      proof.kept(at, own.flip());
    }
  }

  private void receive(Data data) throws IOException, InterruptedException {
    ByteBuffer body = NOTHING;
    if (data.encoding() != Encoding.ZEROS) {
      body = disk.buffer();
      readBody(data, body);
    }
    int crc =
        checksums.data(data.encoding(), data.offset(), data.length(), body.duplicate().flip());
    if (crc != data.crc()) {
      throw new ProtocolException(
          "DATA for "
              + data.length()
              + " bytes at "
              + data.offset()
              + " has CRC "
              + Integer.toHexString(crc)
              + ", expected "
              + Integer.toHexString(data.crc()));
    }
    receivedBytes += data.length();
    proof.received(data, crc, body.duplicate().flip());
    if (body == NOTHING) {
      disk.putZeros(data.offset(), data.offset() + data.length());
    } else {
      disk.put(data.offset(), body);
    }
  }

  private void readBody(Data data, ByteBuffer body) throws IOException {
    if (data.encoding() != Encoding.ZSTD) {
      in.readBody(data, body);
      return;
    }
    if (zstd == null) {
      if (!run.features().contains(Features.ZSTD)) {
        throw new ProtocolException("DATA of zstd, which was not chosen");
      }
      zstd = new ZstdDecoder();
      compressed = DirectBuffers.allocate(Frames.MAX_BODY);
    }
    in.readBody(data, compressed.clear());
    zstd.decode(compressed.flip(), (int) data.length(), body);
  }

  @Override
  protected void announced(Hashes hashes) {
    proof.announced(hashes);
  }

  @Override
  protected void send(Chunk chunk) {
    throw new IllegalStateException("the target keeps no blocks");
  }

  @Override
  protected Done done() {
    return new Done(
        disk.writtenBytes(), verification == null ? proof.value() : verification.digest());
  }

  @Override
  protected Stats stats() {
    long again = verification == null ? 0 : verification.bytesRead();
    return new Stats(
        target.bytesRead() + again,
        disk.writtenBytes(),
        window.zeroBlocks(),
        target.flushNanos(),
        verification == null ? 0 : verification.nanos());
  }
}
