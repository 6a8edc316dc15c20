package io.iblocksync.protocol;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The receiving end of {@link ZstdEncoder}'s stream. Whatever arrives, the decoder takes no more
 * memory than the stream's window, and writes no more bytes than its caller expects. For one
 * thread; its creator closes it.
 */
public final class ZstdDecoder implements Closeable {
  private final ZstdDecompressCtx context;

  /** Space for one byte too many. */
  private final ByteBuffer surplus = ByteBuffer.allocateDirect(1);

  /**
   * @throws IOException if zstd cannot be loaded; with a text for the user
   */
  public ZstdDecoder() throws IOException {
    ZstdLibrary.load();
    context = new ZstdDecompressCtx();
    context.setLongMax(Frames.ZSTD_WINDOW_LOG);
  }

  /**
   * Decompresses the remaining bytes of {@code from}, which it consumes, and appends the result to
   * {@code into}. Both are direct buffers.
   *
   * @param length the expected length of the result in bytes; {@code into} has space for it
   * @throws ProtocolException if the bytes are not zstd, or the result has another length
   */
  public void decode(ByteBuffer from, int length, ByteBuffer into) throws ProtocolException {
    int limit = into.limit();
    int end = into.position() + length;
    into.limit(end);
    try {
      while (from.hasRemaining()) {
        int left = from.remaining();
        int space = into.remaining();
        context.decompressDirectByteBufferStream(into, from);
        if (from.remaining() == left && into.remaining() == space) {
          throw tooMany(length);
        }
      }
      // zstd holds back output that does not fit, and at the next call puts it before the output of
      // the next body.
      context.decompressDirectByteBufferStream(surplus.clear(), from);
      if (surplus.position() > 0) {
        throw tooMany(length);
      }
    } catch (ZstdException e) {
      throw new ProtocolException("DATA zstd cannot be decompressed: " + e.getMessage());
    }
    if (into.hasRemaining()) {
      throw new ProtocolException(
          "DATA zstd decompresses to %d bytes, expected %d"
              .formatted(length - into.remaining(), length));
    }
    into.limit(limit);
  }

  private static ProtocolException tooMany(int length) {
    return new ProtocolException(
        "DATA zstd decompresses to more than the expected " + length + " bytes");
  }

  @Override
  public void close() {
    context.close();
  }
}
