package io.iblocksync.serve;

import io.iblocksync.endpoint.FrameSession;
import io.iblocksync.endpoint.Run;
import io.iblocksync.image.BlockWindow;
import io.iblocksync.image.Chunk;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.image.ImageReader;
import io.iblocksync.program.Unexpected;
import io.iblocksync.protocol.Checksums;
import io.iblocksync.protocol.Features;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.ImageDigest;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.PieceHasher;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.protocol.Setting;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The source in protocol 2: every block is read once, hashed, announced, kept until the verdict,
 * and sent if the target lacks it, as the very bytes that were hashed.
 */
final class SourceSession extends FrameSession implements DifferingParts.Sink {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ImageReader image;
  private final SourceGuard guard;
  private final Checksums checksums = new Checksums();
  private final ImageDigest digest;

  /**
   * Null where nothing is compressed, and no pieces are compared: then what differs is written as
   * it is.
   */
  private final Packer packer;

  private final DifferingParts parts = new DifferingParts(this, null);
  private final boolean pieces;
  private long sentBytes;

  /** Zeros that are to be sent, but not yet written. */
  private long zeros;

  private long zerosFrom;

  /** Where the common blocks end, which no frame spans. */
  private final long commonEnd;

  private final boolean dryRun;
  private final boolean verify;

  SourceSession(Run run, ImageReader image, SourceGuard guard) throws ProtocolException {
    super(
        run,
        new BlockWindow(
            part(run), run.commonBlocks(), run.algorithm().length(), true, run.windowBytes()));
    this.verify = run.settings().flag(Setting.VERIFY);
    this.dryRun = run.settings().flag(Setting.DRY_RUN);
    this.image = image;
    this.guard = guard;
    this.commonEnd = run.ownGeometry().offset(run.commonBlocks());
    this.digest = new ImageDigest(run.algorithm().length());
    boolean compress = run.features().contains(Features.ZSTD);
    this.pieces = run.features().contains(Features.PIECES);
    PieceHasher hasher = pieces ? new PieceHasher(run.settings().text(Setting.SALT)) : null;
    this.packer = compress || pieces ? new Packer(window, compress, hasher, this::prove) : null;
  }

  /** All of the image; in a dry run nothing that needs no comparing. */
  private static Geometry part(Run run) {
    Geometry all = run.ownGeometry();
    if (!run.settings().flag(Setting.DRY_RUN)) {
      return all;
    }
    long end = run.commonBlocks() == all.blocks() ? all.size() : all.offset(run.commonBlocks());
    return new Geometry(end, all.blockSize());
  }

  void run() throws IOException, InterruptedException {
    if (verify) {
      window.hashAll();
    }
    prepare(this::startReading, this::startPacker);
    play();
  }

  private void startReading() throws IOException {
    guard.begin();
    if (guard.mayExceed(run.settings().number(Setting.MAX_DATA))) {
      startToCount();
    } else {
      startToHash();
    }
  }

  private void startToHash() {
    HashWorkers.start(window, image, run.algorithm(), run.side());
  }

  /** On a thread of its own: it takes as long as to read the image, and may be given up. */
  private void startToCount() {
    window.holdOpen();
    Thread thread =
        new Thread(
            () -> {
              try {
                guard.checkData(run.settings().number(Setting.MAX_DATA), window::hasFailed);
                startToHash();
                window.letGo();
              } catch (Throwable e) {
                window.fail(Unexpected.exception(e));
              }
            },
            "count");
    thread.setDaemon(true);
    thread.start();
  }

  private void startPacker() {
    if (packer != null) {
      packer.start();
    }
  }

  @Override
  protected void receive(Message message) throws IOException {
    if (message instanceof Verdicts verdicts) {
      verdicts.check(pieces);
      window.decide(verdicts);
    } else if (message instanceof Pieces hashes) {
      window.pieces(hashes);
    } else {
      throw unexpected(message, "verdicts");
    }
  }

  @Override
  protected void announced(Hashes hashes) {
    synchronized (digest) {
      digest.add(hashes);
    }
  }

  /** Blocks past the common ones are not announced, but with "verify" hashed. */
  private void prove(Chunk chunk) {
    if (chunk.hashed() && chunk.offset() >= commonEnd) {
      synchronized (digest) {
        digest.add(chunk.hashes(run.algorithm().length()));
      }
    }
  }

  @Override
  protected void send(Chunk chunk) throws IOException, InterruptedException {
    prove(chunk);
    if (!dryRun) {
      parts.of(chunk);
    }
  }

  /** Puts them off, for more may follow: a run of zeros is one frame however long it is. */
  @Override
  public void zeros(long offset, long length) throws IOException {
    if (zeros > 0 && (zerosFrom + zeros != offset || offset == commonEnd)) {
      sendPutOff();
    }
    if (zeros == 0) {
      zerosFrom = offset;
    }
    zeros += length;
  }

  @Override
  protected void sendPutOff() throws IOException {
    if (zeros > 0) {
      int crc = checksums.data(Encoding.ZEROS, zerosFrom, zeros, NOTHING);
      out.write(new Data(Encoding.ZEROS, zerosFrom, zeros, crc));
      sentBytes += zeros;
      zeros = 0;
    }
  }

  @Override
  public void bytes(long offset, ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    int crc = checksums.data(Encoding.RAW, offset, length, bytes);
    send(new Data(Encoding.RAW, offset, length, crc), bytes);
  }

  @Override
  protected void tell(Message message, ByteBuffer body) throws IOException {
    Data data = (Data) message;
    if (data.encoding() == Encoding.ZEROS) {
      zeros(data.offset(), data.length());
    } else {
      long start = System.nanoTime();
      send(data, body);
      packer.written(data, body, System.nanoTime() - start);
    }
  }

  private void send(Data data, ByteBuffer body) throws IOException {
    sendPutOff();
    if (data.offset() >= commonEnd && !verify) {
      synchronized (digest) {
        digest.addData(data.offset(), data.crc());
      }
    }
    out.writeData(data, body);
    sentBytes += data.length();
  }

  @Override
  protected void atEnd() throws IOException {
    guard.checkEnd(image);
  }

  @Override
  protected Done done() {
    return new Done(sentBytes, digest.value());
  }

  @Override
  protected Stats stats() {
    return new Stats(image.bytesRead(), 0, window.zeroBlocks(), 0, 0);
  }
}
