package io.iblocksync.fuzz;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.protocol.ZstdDecoder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Bodies of compressed DATA, one after the other in one stream: each gives the bytes that it names
 * or is refused, and not one byte is written past them. What is taken is what all bodies together
 * stand for, so nothing of one comes with another. The input has of each body two bytes with the
 * length that it names, two with its own, and itself.
 */
public final class ZstdFuzz {
  private static final int MAX_NAMED = 1 << 12;
  private static final byte[] UNTOUCHED = "Z".repeat(2 * MAX_NAMED).getBytes(US_ASCII);
  private static final ByteBuffer FROM = ByteBuffer.allocateDirect(1 << 16);
  private static final ByteBuffer INTO = ByteBuffer.allocateDirect(UNTOUCHED.length);

  private ZstdFuzz() {}

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    ByteBuffer script = ByteBuffer.wrap(input);
    ByteArrayOutputStream bodies = new ByteArrayOutputStream();
    ByteArrayOutputStream decoded = new ByteArrayOutputStream();
    try (ZstdDecoder decoder = new ZstdDecoder()) {
      while (script.remaining() > 4) {
        int named = 1 + (script.getShort() & MAX_NAMED - 1);
        // A body has at least one byte, as the frame reader sees to.
        int length = 1 + (script.getShort() & 0xffff) % script.remaining();
        byte[] body = new byte[length];
        script.get(body);
        decoded.write(decode(decoder, body, named));
        bodies.write(body);
      }
    } catch (ProtocolException e) {
      if (!e.getMessage().startsWith("DATA zstd ")) {
        throw new IllegalStateException("refused without a word of the frame", e);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    if (!Arrays.equals(decoded.toByteArray(), asOne(bodies.toByteArray()))) {
      throw new IllegalStateException("taken as other bytes than those it stands for");
    }
  }

  private static byte[] decode(ZstdDecoder decoder, byte[] body, int named)
      throws ProtocolException {
    INTO.clear().put(0, UNTOUCHED);
    FROM.clear().put(body).flip();
    try {
      decoder.decode(FROM, named, INTO);
      if (INTO.position() != named || INTO.limit() != INTO.capacity() || FROM.hasRemaining()) {
        throw new IllegalStateException("of " + named + " bytes decoded to " + INTO);
      }
    } finally {
      byte[] past = new byte[UNTOUCHED.length - named];
      INTO.clear().get(named, past);
      if (!Arrays.equals(past, 0, past.length, UNTOUCHED, 0, past.length)) {
        throw new IllegalStateException("of " + named + " bytes wrote more");
      }
    }
    byte[] bytes = new byte[named];
    INTO.get(0, bytes);
    return bytes;
  }

  /** Takes them byte by byte: where all of a frame is at hand zstd checks more of it. */
  private static byte[] asOne(byte[] bodies) {
    ByteArrayInputStream bytes =
        new ByteArrayInputStream(bodies) {
          @Override
          public int read(byte[] into, int offset, int length) {
            return super.read(into, offset, Math.min(length, 1));
          }
        };
    try (ZstdInputStreamNoFinalizer in =
        new ZstdInputStreamNoFinalizer(bytes, RecyclingBufferPool.INSTANCE)) {
      return in.setContinuous(true).setLongMax(Frames.ZSTD_WINDOW_LOG).readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("taken in bodies, but not as one", e);
    }
  }
}
