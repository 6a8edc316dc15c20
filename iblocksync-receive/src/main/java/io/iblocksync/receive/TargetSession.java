package io.iblocksync.receive;

import io.iblocksync.endpoint.CoordinatorLink;
import io.iblocksync.endpoint.Run;
import io.iblocksync.endpoint.SendQueue;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.image.ReadAhead;
import io.iblocksync.protocol.Checksums;
import io.iblocksync.protocol.DirectBuffers;
import io.iblocksync.protocol.Features;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
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
final class TargetSession {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Run run;
  private final TargetProbe probe;
  private final SendQueue<Pieces> queue = new SendQueue<>();
  private final CoordinatorLink link;
  private final ReadAhead ahead;
  private final TargetDigest digest;
  private final ExpectedData expected;

  /** These three are null until the target is open. */
  private Target target;

  private DiskWriter disk;

  /** Null also if the target is not read again at the end. */
  private Verification verification;

  /** Null where no pieces are compared. */
  private final PieceSender pieces;

  /** Whether all data is written and on the disk. */
  private volatile boolean written;

  private final Checksums checksums = new Checksums();
  private long receivedBytes;

  /** For bytes of the target itself that are added to the digest; made when the first are. */
  private ByteBuffer own;

  /** Made when the first compressed data comes. */
  private ZstdDecoder zstd;

  private ByteBuffer compressed;

  TargetSession(Run run, TargetProbe probe) throws ProtocolException {
    this.run = run;
    this.probe = probe;
    this.ahead = new ReadAhead(run.targetPlan(), queue::wake);
    this.link = new CoordinatorLink(run, queue, ahead::fail);
    this.digest = new TargetDigest(run, queue::wake);
    this.expected = new ExpectedData(run.otherGeometry(), run.commonBlocks());
    this.pieces =
        run.features().contains(Features.PIECES)
            ? new PieceSender(run.otherGeometry(), queue, run.settings().text(Setting.SALT))
            : null;
  }

  /** Plays the session to its end; a failure is reported to the coordinator when this throws. */
  void run() throws IOException {
    try {
      link.whileAlive(this::start); // from here on, HashWorkers read and hash ahead
      link.listen(this::receive); // verdicts say what is expected; data goes to the disk's thread
      while (!written) {
        Hashes hashes = digest.isFull() ? null : ahead.nextHashes(ahead::release);
        if (hashes != null) {
          digest.announced(hashes);
          link.write(hashes);
          continue;
        }
        Pieces hashesOfPieces = queue.poll();
        if (hashesOfPieces != null) {
          link.write(hashesOfPieces);
          continue;
        }
        link.awaitWork(ahead.isFlowing());
      }
      link.finish(stats(), done());
    } catch (Throwable e) {
      throw link.report(e);
    }
  }

  private void start() throws IOException {
    target = probe.open(run.settings());
    target.prepare(run.other().fileSize());
    ZeroMaker zeros = new ZeroMaker(target, run.own().fileSize(), run.settings());
    disk = new DiskWriter(target, zeros, run.finalSize());
    verification = run.settings().flag(Setting.VERIFY) ? new Verification(run, target) : null;
    // Before what is read ahead takes all the memory that there is.
    ByteBuffer buffer =
        run.side() == null ? DirectBuffers.allocate(Frames.MAX_DATA) : run.side().writeBuffer();
    HashWorkers.start(ahead, target.reader(), link::fail);
    target.reader().warnOfPartialPages(run.own().blockSize());
    if (pieces != null) {
      pieces.start(target::read, link::fail);
    }
    disk.start(buffer, this::afterFlush, link::fail);
  }

  /** On the disk's thread, when all data is written and on the disk. */
  private void afterFlush() throws IOException, InterruptedException {
    if (verification != null) {
      verification.run();
    }
    written = true;
    queue.wake();
  }

  /** Takes in a message; on the reading thread, which waits for the disk only. */
  private void receive(Message message) throws IOException, InterruptedException {
    if (message instanceof Verdicts verdicts) {
      verdicts.check(pieces != null);
      expected.decide(verdicts, ahead.announced());
      digest.decided(verdicts);
      if (pieces != null) {
        pieces.decided(verdicts);
      }
    } else if (message instanceof Data data) {
      expected.take(data, this::addOwnToDigest);
      receive(data);
    } else if (message instanceof Done done) {
      expected.checkComplete(this::addOwnToDigest);
      if (done.bytes() != receivedBytes) {
        throw CoordinatorLink.unexpected(done, "a sum of " + receivedBytes + " bytes");
      }
      disk.end();
    } else {
      throw CoordinatorLink.unexpected(message, "verdicts, data or done");
    }
  }

  /** Hashes what stays as it is of a block, for the digest of the image. */
  private void addOwnToDigest(long start, long end) throws IOException {
    if (own == null) {
      own = DirectBuffers.allocate(Frames.MAX_DATA);
    }
    for (long at = start; at < end; at += own.limit()) {
      own.clear().limit((int) Math.min(own.capacity(), end - at));
      target.read(own, at);
      digest.kept(at, own.flip());
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
    digest.received(data, crc, body.duplicate().flip());
    if (body == NOTHING) {
      disk.putZeros(data.offset(), data.offset() + data.length());
    } else {
      disk.put(data.offset(), body);
    }
  }

  private void readBody(Data data, ByteBuffer body) throws IOException {
    if (data.encoding() != Encoding.ZSTD) {
      link.readBody(data, body);
      return;
    }
    if (zstd == null) {
      if (!run.features().contains(Features.ZSTD)) {
        throw new ProtocolException("DATA of zstd, which was not chosen");
      }
      zstd = new ZstdDecoder();
      compressed = DirectBuffers.allocate(Frames.MAX_BODY);
    }
    link.readBody(data, compressed.clear());
    zstd.decode(compressed.flip(), (int) data.length(), body);
  }

  private Done done() {
    return new Done(
        disk.writtenBytes(), verification == null ? digest.value() : verification.digest());
  }

  private Stats stats() {
    long again = verification == null ? 0 : verification.bytesRead();
    return new Stats(
        target.bytesRead() + again,
        disk.writtenBytes(),
        ahead.zeroBlocks(),
        target.flushNanos(),
        verification == null ? 0 : verification.nanos());
  }
}
