package io.iblocksync.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads bytes, numbers and lines from a peer through a buffer of its own. Each method blocks until
 * it has what it returns. For one thread, unless a method says otherwise; only {@link #giveUp}
 * closes the channel. A failure to read, or an end of the input within a message, is a {@link
 * PeerGoneException}.
 */
public final class WireReader {
  private static final int BUFFER = 1 << 16;

  private final ReadableByteChannel in;
  private final ByteBuffer buffer;
  private final Backoff backoff = new Backoff();

  /** How many bytes have come from the channel. */
  private long received;

  /** The number of starts and ends of reads from the channel: odd while a read is in progress. */
  private volatile long reads;

  /**
   * @param direct whether the channel is fastest with direct buffers (a file channel), not with
   *     heap buffers
   */
  public WireReader(ReadableByteChannel in, boolean direct) {
    this.in = in;
    this.buffer = (direct ? DirectBuffers.allocate(BUFFER) : ByteBuffer.allocate(BUFFER)).flip();
  }

  /** Waits for the next byte: true if there is one, false at the end of the input. */
  public boolean hasMore() throws IOException {
    if (buffer.hasRemaining()) {
      return true;
    }
    buffer.clear();
    int read = read(buffer);
    buffer.flip();
    return read > 0;
  }

  /** The offset of the next byte in the conversation: how many bytes were read or discarded. */
  public long position() {
    return received - buffer.remaining();
  }

  /** Discards the bytes in the buffer. */
  public void discard() {
    buffer.position(buffer.limit());
  }

  public int readByte() throws IOException {
    requireByte();
    return buffer.get() & 0xff;
  }

  public int readInt() throws IOException {
    if (buffer.remaining() >= 4) {
      return buffer.getInt();
    }
    return readByte() << 24 | readByte() << 16 | readByte() << 8 | readByte();
  }

  public long readLong() throws IOException {
    return (long) readInt() << 32 | readInt() & 0xffffffffL;
  }

  /**
   * Fills the remaining space of {@code into}. Large reads bypass this reader's buffer once it is
   * empty.
   */
  public void readFully(ByteBuffer into) throws IOException {
    while (into.hasRemaining()) {
      if (buffer.hasRemaining()) {
        copyFromBuffer(into);
      } else if (into.remaining() >= BUFFER / 2) {
        if (read(into) < 0) {
          throw gone();
        }
      } else {
        requireByte();
      }
    }
  }

  /**
   * Reads the bytes in the buffer or, if it is empty, those that arrive next.
   *
   * @param into has space for at least one byte
   * @return the number of bytes read; 0 only at the end of the input
   */
  public int readSome(ByteBuffer into) throws IOException {
    if (!hasMore()) {
      return 0;
    }
    int before = into.remaining();
    copyFromBuffer(into);
    return before - into.remaining();
  }

  /**
   * Reads a line.
   *
   * @return the line without its line feed; null if the input ends before the first byte
   * @throws LineException if the line is longer than {@code maxLength} bytes or is not UTF-8, or if
   *     the input ends within the line
   */
  public String readLine(int maxLength) throws IOException {
    if (!hasMore()) {
      return null;
    }
    byte[] line = new byte[256];
    int length = 0;
    while (hasMore()) {
      byte next = buffer.get();
      if (next == '\n') {
        try {
          return StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(line, 0, length))
              .toString();
        } catch (CharacterCodingException e) {
          throw new LineException("received a line that is not UTF-8", line, length);
        }
      }
      if (length == maxLength) {
        throw new LineException(
            "received a line of more than " + maxLength + " bytes", line, length);
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, Math.min(maxLength, length * 2));
      }
      line[length++] = next;
    }
    throw new LineException("the input ended within a line", line, length);
  }

  /**
   * Returns, for {@link SilenceWatch}, a number that changes with each sign of life, and is
   * negative while no read is in progress. From any thread.
   */
  public long waiting() {
    long now = reads;
    return now % 2 == 0 ? -1 : now;
  }

  /** Returns a number that grows with each read from the channel. From any thread. */
  public long reads() {
    return reads;
  }

  /** Closes the channel: the read in progress and all later ones fail. From any thread. */
  public void giveUp() throws IOException {
    in.close();
  }

  private int read(ByteBuffer into) throws IOException {
    reads = reads + 1;
    try {
      int read = 0;
      while (read == 0 && into.hasRemaining()) {
        read = backoff.after(in.read(into));
      }
      received += Math.max(0, read);
      return read;
    } catch (IOException e) {
      throw new PeerGoneException("cannot read from the peer: " + e.getMessage(), e);
    } finally {
      reads = reads + 1;
    }
  }

  private void copyFromBuffer(ByteBuffer into) {
    int limit = buffer.limit();
    buffer.limit(buffer.position() + Math.min(buffer.remaining(), into.remaining()));
    into.put(buffer);
    buffer.limit(limit);
  }

  private void requireByte() throws IOException {
    if (!hasMore()) {
      throw gone();
    }
  }

  private static PeerGoneException gone() {
    return new PeerGoneException("the input ended in the middle of a message");
  }
}
