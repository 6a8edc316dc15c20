package io.iblocksync.protocol;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The sending end of the zstd stream that the bodies of a session's DATA frames form together. The
 * receiver can decompress each body as soon as it has arrived whole, and yet the data before it, up
 * to 64 MiB, makes the body shorter. For one thread; its creator closes it.
 */
public final class ZstdEncoder implements Closeable {
  /** zstd's overlap log for the whole window: with less, a worker forgets most earlier data. */
  private static final int WHOLE_WINDOW = 9;

  private final ZstdCompressCtx context;
  private int level;

  /**
   * @param level the compression level of zstd
   * @throws IOException if zstd cannot be loaded; with a text for the user
   */
  public ZstdEncoder(int level) throws IOException {
    ZstdLibrary.load();
    this.level = level;
    context = new ZstdCompressCtx();
    context.setLevel(level);
    context.setLong(Frames.ZSTD_WINDOW_LOG);
    context.setChecksum(false);
    // Only with a worker thread can zstd change the level within a zstd frame and keep the window.
    context.setWorkers(1);
    context.setOverlapLog(WHOLE_WINDOW);
  }

  /** Sets the compression level from the next body on. */
  public void level(int next) {
    if (next != level) {
      level = next;
      context.setLevel(level);
    }
  }

  /**
   * Compresses the remaining bytes of {@code from}, which it consumes, and appends the result to
   * {@code into}. Both are direct buffers.
   *
   * @throws IllegalArgumentException if the result does not fit
   */
  public void encode(ByteBuffer from, ByteBuffer into) {
    while (!context.compressDirectByteBufferStream(into, from, EndDirective.FLUSH)) {
      if (!into.hasRemaining()) {
        throw new IllegalArgumentException("the compressed data does not fit into the buffer");
      }
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
