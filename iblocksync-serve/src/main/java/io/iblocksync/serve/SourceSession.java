package io.iblocksync.serve;

import io.iblocksync.endpoint.FrameSession;
import io.iblocksync.endpoint.Run;
import io.iblocksync.image.BlockWindow;
import io.iblocksync.image.Chunk;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.image.ImageReader;
import io.iblocksync.protocol.Checksums;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.ImageDigest;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * The source in protocol 2: every block is read once, hashed, announced, kept until the verdict,
 * and sent if the target lacks it, as the very bytes that were hashed.
 */
final class SourceSession extends FrameSession {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ImageReader image;
  private final SourceGuard guard;
  private final Checksums checksums = new Checksums();
  private final ImageDigest digest;
  private long sentBytes;

  /** Zeros that are to be sent, but not yet written. */
  private long zeros;

  private long zerosFrom;

  /** Where the common blocks end, which no frame spans. */
  private final long commonEnd;

  SourceSession(Run run, ImageReader image, SourceGuard guard) {
    super(
        run,
        new BlockWindow(
            run.ownGeometry(),
            run.commonBlocks(),
            run.algorithm().length(),
            true,
            run.windowBytes()));
    this.image = image;
    this.guard = guard;
    this.commonEnd = run.ownGeometry().offset(run.commonBlocks());
    this.digest = new ImageDigest(run.algorithm().length());
  }

  void run() throws IOException, InterruptedException {
    guard.warnIfMounted();
    HashWorkers.start(window, image, run.algorithm());
    play();
  }

  @Override
  protected void receive(Message message) throws IOException {
    if (message instanceof Verdicts verdicts) {
      window.decide(verdicts);
    } else {
      throw unexpected(message, "verdicts");
    }
  }

  @Override
  protected void announced(Hashes hashes) {
    digest.add(hashes);
  }

  @Override
  protected void send(Chunk chunk) throws IOException {
    BitSet differs = chunk.differs();
    for (int i = differs.nextSetBit(0); i >= 0; ) {
      int differsUntil = differs.nextClearBit(i);
      boolean zero = chunk.zero().get(i);
      int zeroUntil = zero ? chunk.zero().nextClearBit(i) : nextZero(chunk, i);
      int end = Math.min(differsUntil, zeroUntil);
      if (zero) {
        sendZeros(chunk.offset() + chunk.start(i), chunk.start(end) - chunk.start(i));
      } else {
        sendRaw(chunk, chunk.start(i), chunk.start(end));
      }
      i = differs.nextSetBit(end);
    }
  }

  private static int nextZero(Chunk chunk, int from) {
    int next = chunk.zero().nextSetBit(from);
    return next < 0 ? chunk.blocks() : next;
  }

  /** Puts them off, for more may follow: a run of zeros is one frame however long it is. */
  private void sendZeros(long offset, long length) throws IOException {
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

  private void sendRaw(Chunk chunk, long start, long end) throws IOException {
    sendPutOff();
    for (long from = start; from < end; from += Frames.MAX_DATA) {
      int length = (int) Math.min(Frames.MAX_DATA, end - from);
      ByteBuffer body = chunk.slice(from, from + length);
      long offset = chunk.offset() + from;
      int crc = checksums.data(Encoding.RAW, offset, length, body);
      if (!chunk.hashed()) {
        digest.addData(offset, crc);
      }
      out.writeData(new Data(Encoding.RAW, offset, length, crc), body);
      sentBytes += length;
    }
  }

  @Override
  protected void atEnd() {
    guard.warnIfChanged();
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
