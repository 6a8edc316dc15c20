package io.iblocksync.serve;

import io.iblocksync.image.BlockWindow;
import io.iblocksync.image.Chunk;
import io.iblocksync.program.Log;
import io.iblocksync.program.Unexpected;
import io.iblocksync.protocol.Checksums;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.PieceHasher;
import io.iblocksync.protocol.ZstdEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Makes the DATA of what differs on a thread of its own, beside those that hash and the one that
 * writes: leaves out the pieces that the target has, and compresses. The bytes are copied, so that
 * their room in the window is free at once.
 *
 * <p>One thread, since all bodies are one stream of zstd: that they can refer to each other saves
 * more than a tenth, and a core compresses faster than most links carry. A link that is faster gets
 * the lowest level.
 */
final class Packer implements DifferingParts.Sink {
  private final BlockWindow window;
  private final CompressionLevel level = new CompressionLevel();
  private final Entropy entropy = new Entropy();
  private final Checksums checksums = new Checksums();
  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
  private final boolean compress;
  private final DifferingParts parts;
  private final Consumer<Chunk> first;

  /** Null where nothing is compressed. */
  private ZstdEncoder zstd;

  /**
   * @param compress whether to compress
   * @param hasher of pieces, or null
   * @param first gets each chunk before it is packed, on the packing thread
   */
  Packer(BlockWindow window, boolean compress, PieceHasher hasher, Consumer<Chunk> first) {
    this.first = first;
    this.window = window;
    this.compress = compress;
    this.parts = new DifferingParts(this, hasher);
    window.pack();
  }

  void start() {
    Thread thread = new Thread(this::packAll, "pack");
    thread.setDaemon(true);
    thread.start();
  }

  private void packAll() {
    try (ZstdEncoder encoder = compress ? encoder() : null) {
      zstd = encoder;
      for (Chunk chunk = window.takeDiffering(); chunk != null; chunk = window.takeDiffering()) {
        first.accept(chunk);
        parts.of(chunk);
        window.sent(chunk);
      }
    } catch (Throwable e) {
      window.fail(Unexpected.exception(e));
    }
  }

  /** Null if it cannot be had: what is not compressed is as good. */
  private ZstdEncoder encoder() {
    try {
      return new ZstdEncoder(level.next());
    } catch (IOException e) {
      Log.warn("nothing is compressed: " + e.getMessage());
      return null;
    }
  }

  @Override
  public void zeros(long offset, long length) throws IOException, InterruptedException {
    // Without its check: who writes makes one frame of all zeros that meet.
    window.tell(new Data(Encoding.ZEROS, offset, length, 0), null);
  }

  @Override
  public void bytes(long offset, ByteBuffer bytes) throws IOException, InterruptedException {
    int length = bytes.remaining();
    // What looks random may still be what was sent before: worth the time where the link is slow.
    boolean raw = zstd == null || !level.high() && entropy.looksRandom(bytes);
    Encoding encoding = raw ? Encoding.RAW : Encoding.ZSTD;
    int crc = checksums.data(encoding, offset, length, bytes);
    ByteBuffer body = buffer();
    if (raw) {
      body.put(bytes);
    } else {
      zstd.level(level.next());
      long start = System.nanoTime();
      zstd.encode(bytes, body);
      level.compressed(System.nanoTime() - start);
    }
    body.flip();
    window.tell(new Data(encoding, offset, length, crc, body.limit()), body);
  }

  /** From the thread that writes: a body that is on its way. */
  void written(Data data, ByteBuffer body, long nanos) {
    if (data.encoding() == Encoding.ZSTD) {
      level.written(nanos);
    }
    synchronized (free) {
      free.push(body.clear());
    }
  }

  /** As many as can wait in the window and one at each end. */
  private ByteBuffer buffer() {
    synchronized (free) {
      ByteBuffer buffer = free.poll();
      return buffer != null ? buffer : ByteBuffer.allocateDirect(Frames.MAX_BODY);
    }
  }
}
