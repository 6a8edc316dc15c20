package io.iblocksync.protocol;

import io.iblocksync.protocol.Message.Data;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Writes lines, frames and plain bytes to a peer, gathered in a buffer until {@link #flush} or
 * until it is full. For one thread; does not close the channel. Every failure to write is a {@link
 * PeerGoneException}.
 */
public final class WireWriter {
  private static final int BUFFER = 2 * Frames.MAX_BATCH;

  /** What a pipe takes at once; a longer write is slower, for it sleeps and wakes several times. */
  private static final int PIPE_PIECE = 1 << 16;

  private final WritableByteChannel out;
  private final int piece;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private final Backoff backoff = new Backoff();
  private FrameWriter frames;
  private RateLimit limit;

  /** Writes to a pipe. */
  public WireWriter(WritableByteChannel out) {
    this(out, PIPE_PIECE);
  }

  /**
   * @param piece how many bytes the channel takes best at once
   */
  public WireWriter(WritableByteChannel out, int piece) {
    this.out = out;
    this.piece = piece;
  }

  /**
   * From now on {@link #write} and {@link #writeData} lay frames out with digests of this length.
   */
  public void digestLength(int bytes) {
    frames = new FrameWriter(bytes);
  }

  /** From now on no more than so many bytes a second are sent. */
  public void limit(long bytesPerSecond) {
    limit = new RateLimit(bytesPerSecond);
  }

  /** A line, sent at once. */
  public void writeLine(String line) throws PeerGoneException {
    write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    flush();
  }

  public void write(Message message) throws PeerGoneException {
    room(Frames.HEADER + Frames.MAX_BATCH);
    frames.write(message, buffer);
  }

  /** A DATA frame with its body, the remaining bytes of {@code body}, which are consumed. */
  public void writeData(Data data, ByteBuffer body) throws PeerGoneException {
    room(Frames.HEADER + Frames.DATA_HEADER);
    frames.write(data, buffer);
    write(body);
  }

  /** Plain bytes: the remaining ones of {@code bytes}, which are consumed. */
  public void write(ByteBuffer bytes) throws PeerGoneException {
    if (bytes.remaining() <= BUFFER / 8) {
      room(bytes.remaining());
      buffer.put(bytes);
      return;
    }
    flush();
    send(bytes, piece);
  }

  public void flush() throws PeerGoneException {
    send(buffer.flip(), BUFFER);
    buffer.clear();
  }

  private void send(ByteBuffer bytes, int piece) throws PeerGoneException {
    int most = limit == null ? piece : limit.step();
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

  /**
   * Gives the peer up, from any thread: a write that waits for it fails, and so does every later
   * one.
   */
  public void giveUp() throws IOException {
    out.close();
  }

  private void room(int bytes) throws PeerGoneException {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  private static PeerGoneException gone(IOException e) {
    return new PeerGoneException("cannot write to the peer: " + e.getMessage(), e);
  }
}
