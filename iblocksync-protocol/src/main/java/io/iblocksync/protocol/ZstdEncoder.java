package io.iblocksync.protocol;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The sending end of the stream of zstd that the bodies of a session's DATA form together: each is
 * whole by itself, and yet what came before it, up to 32 MiB, makes it shorter. For one thread; who
 * made it closes it.
 */
public final class ZstdEncoder implements Closeable {
  private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

  private final ZstdCompressCtx context;
  private int level;
  private boolean levelChanges;

  public ZstdEncoder(int level) throws IOException {
    ZstdLibrary.load();
    this.level = level;
    context = new ZstdCompressCtx();
    context.setLevel(level);
    context.setLong(Frames.ZSTD_WINDOW_LOG);
    context.setChecksum(false);
  }

  /**
   * From the next body on, which can then not refer to those before it: not to be done often. (With
   * a worker of zstd's own it could, but measured, such a one makes all of the stream 2 % longer.)
   */
  public void level(int next) {
    if (next != level) {
      level = next;
      levelChanges = true;
    }
  }

  /**
   * Consumes what remains of {@code from} and appends its compressed form to {@code into}, both
   * direct buffers.
   */
  public void encode(ByteBuffer from, ByteBuffer into) {
    if (levelChanges) {
      levelChanges = false;
      compress(NOTHING, into, EndDirective.END);
      context.setLevel(level);
    }
    compress(from, into, EndDirective.FLUSH);
  }

  private void compress(ByteBuffer from, ByteBuffer into, EndDirective directive) {
    while (!context.compressDirectByteBufferStream(into, from, directive)) {
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
