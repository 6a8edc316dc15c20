package io.iblocksync.protocol;

import io.iblocksync.protocol.Message.Data;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Writes lines, frames and bytes to a peer through a buffer, which it sends when the buffer is full
 * or the caller calls {@link #flush}. For one thread, except {@link #giveUp}, which alone closes
 * the channel. A failure to write is a {@link PeerGoneException}.
 */
public final class WireWriter {
  private static final int BUFFER = 2 * Frames.MAX_BATCH;

  /**
   * The capacity of a pipe: a longer write is slower, because its thread sleeps and wakes several
   * times.
   */
  private static final int PIPE_CAPACITY = 1 << 16;

  private final WritableByteChannel out;
  private final int maxWrite;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private final Backoff backoff = new Backoff();
  private FrameWriter frames;
  private RateLimit limit;

  /** Creates a writer to a pipe. */
  public WireWriter(WritableByteChannel out) {
    this(out, PIPE_CAPACITY);
  }

  /**
   * @param maxWrite the most bytes to write to the channel at once, at which it is fastest
   */
  public WireWriter(WritableByteChannel out, int maxWrite) {
    this.out = out;
    this.maxWrite = maxWrite;
  }

  /**
   * Sets the length of the digests in frames, in bytes; the caller does so before it writes the
   * first message.
   */
  public void digestLength(int bytes) {
    frames = new FrameWriter(bytes);
  }

  /** Limits the rate of sending from now on. */
  public void limit(long bytesPerSecond) {
    limit = new RateLimit(bytesPerSecond);
  }

  /** Writes a line and sends it at once. */
  public void writeLine(String line) throws PeerGoneException {
    write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    flush();
  }

  /** Writes the frame of a message; not for {@link Data} with a body. */
  public void write(Message message) throws PeerGoneException {
    ensureSpace(Frames.HEADER + Frames.MAX_BATCH);
    frames.write(message, buffer);
  }

  /** Writes a DATA frame with its body, and consumes the remaining bytes of {@code body}. */
  public void writeData(Data data, ByteBuffer body) throws PeerGoneException {
    ensureSpace(Frames.HEADER + Frames.DATA_HEADER);
    frames.write(data, buffer);
    write(body);
  }

  /** Writes bytes as they are, and consumes the remaining bytes of {@code bytes}. */
  public void write(ByteBuffer bytes) throws PeerGoneException {
    if (bytes.remaining() <= BUFFER / 8) {
      ensureSpace(bytes.remaining());
      buffer.put(bytes);
      return;
    }
    flush();
    send(bytes, maxWrite);
  }

  /** Sends the bytes in the buffer. */
  public void flush() throws PeerGoneException {
    send(buffer.flip(), BUFFER);
    buffer.clear();
  }

  private void send(ByteBuffer bytes, int maxLength) throws PeerGoneException {
    int most = limit == null ? maxLength : limit.step();
    int end = bytes.limit();
    try {
      while (bytes.position() < end) {
        int length = Math.min(most, end - bytes.position());
        if (limit != null) {
          limit.await(length);
        }
        bytes.limit(bytes.position() + length);
        while (bytes.hasRemaining()) {
          backoff.after(out.write(bytes));
        }
      }
    } catch (IOException e) {
      throw gone(e);
    }
  }

  /** Closes the channel: the write in progress and all later ones fail. From any thread. */
  public void giveUp() throws IOException {
    out.close();
  }

  private void ensureSpace(int bytes) throws PeerGoneException {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  private static PeerGoneException gone(IOException e) {
    return new PeerGoneException("cannot write to the peer: " + e.getMessage(), e);
  }
}
