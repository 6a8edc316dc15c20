package io.iblocksync.serve;

import io.iblocksync.endpoint.SendQueue;
import io.iblocksync.program.Log;
import io.iblocksync.program.Tasks;
import io.iblocksync.protocol.Checksums;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.PieceHasher;
import io.iblocksync.protocol.ZstdEncoder;
import io.iblocksync.serve.DifferingParts.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.function.Consumer;

/**
 * Makes the DATA of what differs on a thread of its own, beside those that hash and the writer:
 * leaves out the pieces that the target has, and compresses. What is not compressed stays a slice
 * of its chunk.
 *
 * <p>One thread, since all bodies are one stream of zstd: that they can refer to each other saves
 * more than a tenth, and a core compresses faster than most links carry. A link that is faster gets
 * the lowest level.
 */
final class Packer {
  private final KeptChunks kept;
  private final SendQueue<Outgoing> queue;
  private final CompressionLevel level = new CompressionLevel();
  private final Entropy entropy = new Entropy();
  private final Checksums checksums = new Checksums();

  /** The writer puts back what the packing thread takes. */
  private final LinkedBlockingDeque<ByteBuffer> free = new LinkedBlockingDeque<>();

  private final boolean compress;
  private final DifferingParts parts;

  /** Null where nothing is compressed. */
  private ZstdEncoder zstd;

  /**
   * @param queue gets the DATA
   * @param compress whether to compress
   * @param hasher of pieces, or null
   */
  Packer(KeptChunks kept, SendQueue<Outgoing> queue, boolean compress, PieceHasher hasher) {
    this.kept = kept;
    this.queue = queue;
    this.compress = compress;
    this.parts = new DifferingParts(hasher);
    if (compress) {
      // Before what is read ahead takes all the memory that there is.
      free.add(ByteBuffer.allocateDirect(Frames.MAX_BODY));
    }
  }

  /** Starts the thread, which ends when all is sent or the session has failed. */
  void start(Consumer<IOException> failed) {
    Tasks.start("pack", this::packAll, failed);
  }

  private void packAll() throws IOException, InterruptedException {
    try (ZstdEncoder encoder = compress ? encoder() : null) {
      zstd = encoder;
      for (KeptChunk chunk = kept.takeDiffering(); chunk != null; chunk = kept.takeDiffering()) {
        parts.begin(chunk);
        Part part = parts.next();
        if (part == null) {
          kept.sent(chunk); // The target has all of its pieces.
        }
        for (; part != null; part = parts.next()) {
          queue.put(pack(part, chunk));
        }
      }
    }
  }

  /** Null if there is none: what is not compressed is as good. */
  private ZstdEncoder encoder() {
    try {
      return new ZstdEncoder(level.next());
    } catch (IOException e) {
      Log.warn("nothing is compressed: " + e.getMessage());
      return null;
    }
  }

  private Outgoing pack(Part part, KeptChunk chunk) throws IOException, InterruptedException {
    ByteBuffer bytes = part.bytes();
    if (bytes == null) {
      return Outgoing.zeros(part, chunk);
    }
    // What looks random may still be what was sent before: worth the time where the link is slow.
    if (zstd == null || !level.high() && entropy.looksRandom(bytes)) {
      return Outgoing.raw(part, chunk, checksums);
    }
    int crc = checksums.data(Encoding.ZSTD, part.offset(), part.length(), bytes);
    ByteBuffer body = buffer();
    zstd.level(level.next());
    long start = System.nanoTime();
    zstd.encode(bytes, body);
    level.compressed(System.nanoTime() - start);
    body.flip();
    Data data = new Data(Encoding.ZSTD, part.offset(), part.length(), crc, body.limit());
    return new Outgoing(data, body, part.last() ? chunk : null);
  }

  /**
   * From the writer: DATA that is on its way.
   *
   * @param nanos how long it took to write
   */
  void written(Outgoing outgoing, long nanos) {
    if (outgoing.data().encoding() == Encoding.ZSTD) {
      level.written(nanos);
      free.addFirst(outgoing.body().clear());
    }
  }

  /**
   * There are as many as wait in the queue, and one at each end of it; fewer where there is no
   * memory for that many.
   */
  private ByteBuffer buffer() throws InterruptedException {
    ByteBuffer buffer = free.poll();
    if (buffer != null) {
      return buffer;
    }
    try {
      return ByteBuffer.allocateDirect(Frames.MAX_BODY);
    } catch (OutOfMemoryError e) {
      return free.take();
    }
  }
}
