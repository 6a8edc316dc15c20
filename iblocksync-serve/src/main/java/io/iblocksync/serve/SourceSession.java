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
    this.digest = new ImageDigest(run.algorithm().length());
  }

  void run() throws IOException, InterruptedException {
    guard.warnIfMounted();
    HashWorkers.start(window, image::read, run.algorithm());
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

  private void sendZeros(long offset, long length) throws IOException {
    int crc = checksums.data(Encoding.ZEROS, offset, length, NOTHING);
    out.write(new Data(Encoding.ZEROS, offset, length, crc));
    sentBytes += length;
  }

  private void sendRaw(Chunk chunk, int start, int end) throws IOException {
    for (int from = start; from < end; from += Frames.MAX_DATA) {
      int length = Math.min(Frames.MAX_DATA, end - from);
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
