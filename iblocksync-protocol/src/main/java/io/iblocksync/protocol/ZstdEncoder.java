package io.iblocksync.protocol;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The sending end of the stream of zstd that the bodies of a session's DATA form together: each is
 * whole by itself, and yet what came before it, up to 64 MiB, makes it shorter. For one thread; who
 * made it closes it.
 */
public final class ZstdEncoder implements Closeable {
  /** All of the window: a worker would forget most of what came before the current body. */
  private static final int WHOLE_WINDOW = 9;

  private final ZstdCompressCtx context;
  private int level;

  public ZstdEncoder(int level) throws IOException {
    ZstdLibrary.load();
    this.level = level;
    context = new ZstdCompressCtx();
    context.setLevel(level);
    context.setLong(Frames.ZSTD_WINDOW_LOG);
    context.setChecksum(false);
    // Only a worker of zstd's own can change its level within a frame, and so lose nothing by it.
    context.setWorkers(1);
    context.setOverlapLog(WHOLE_WINDOW);
  }

  /** Sets the level from the next body on. */
  public void level(int next) {
    if (next != level) {
      level = next;
      context.setLevel(level);
    }
  }

  /**
   * Consumes what remains of {@code from} and appends its compressed form to {@code into}, both
   * direct buffers.
   */
  public void encode(ByteBuffer from, ByteBuffer into) {
    while (!context.compressDirectByteBufferStream(into, from, EndDirective.FLUSH)) {
      if (!into.hasRemaining()) {
        throw new IllegalArgumentException("no room for what zstd makes");
      }
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
