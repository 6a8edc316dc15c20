package io.iblocksync.protocol;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The receiving end of {@link ZstdEncoder}'s stream. Takes no more memory than the stream's window,
 * and writes no more than it is told to expect, whatever comes. For one thread; who made it closes
 * it.
 */
public final class ZstdDecoder implements Closeable {
  private final ZstdDecompressCtx context;

  /** Room for one byte that is too many. */
  private final ByteBuffer surplus = ByteBuffer.allocateDirect(1);

  public ZstdDecoder() throws IOException {
    ZstdLibrary.load();
    context = new ZstdDecompressCtx();
    context.setLongMax(Frames.ZSTD_WINDOW_LOG);
  }

  /**
   * Consumes what remains of {@code from} and appends the {@code length} bytes that it stands for
   * to {@code into}, both direct buffers.
   *
   * @throws ProtocolException if it is no zstd, or stands for another number of bytes
   */
  public void decode(ByteBuffer from, int length, ByteBuffer into) throws ProtocolException {
    int limit = into.limit();
    int end = into.position() + length;
    into.limit(end);
    try {
      while (from.hasRemaining()) {
        int left = from.remaining();
        int room = into.remaining();
        context.decompressDirectByteBufferStream(into, from);
        if (from.remaining() == left && into.remaining() == room) {
          throw tooMany(length);
        }
      }
      // What found no room is kept for the next call: it would begin the next body's bytes.
      context.decompressDirectByteBufferStream(surplus.clear(), from);
      if (surplus.position() > 0) {
        throw tooMany(length);
      }
    } catch (ZstdException e) {
      throw new ProtocolException("DATA zstd that cannot be decompressed: " + e.getMessage());
    }
    if (into.hasRemaining()) {
      throw new ProtocolException(
          "DATA zstd for " + (length - into.remaining()) + " bytes, expected " + length);
    }
    into.limit(limit);
  }

  private static ProtocolException tooMany(int length) {
    return new ProtocolException("DATA zstd for more than the " + length + " bytes it names");
  }

  @Override
  public void close() {
    context.close();
  }
}
