package io.iblocksync.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads bytes, numbers and lines from a peer through a buffer of its own. Blocks until what is
 * asked for is there. For one thread; does not close the channel. Every failure to read is a {@link
 * PeerGoneException}.
 */
public final class WireReader {
  private static final int BUFFER = 1 << 16;

  private final ReadableByteChannel in;
  private final ByteBuffer buffer;
  private final Backoff backoff = new Backoff();

  /** Counts the beginnings and the ends of reads from the channel: odd while one waits. */
  private volatile long reads;

  /**
   * @param direct whether the channel takes direct buffers (a file channel) or heap buffers best
   */
  public WireReader(ReadableByteChannel in, boolean direct) {
    this.in = in;
    this.buffer = (direct ? DirectBuffers.allocate(BUFFER) : ByteBuffer.allocate(BUFFER)).flip();
  }

  /** Whether at least one more byte comes; false at the end of the input. */
  public boolean hasMore() throws IOException {
    if (buffer.hasRemaining()) {
      return true;
    }
    buffer.clear();
    int read = read(buffer);
    buffer.flip();
    return read > 0;
  }

  /** Drops what is in the buffer. */
  public void discard() {
    buffer.position(buffer.limit());
  }

  public int readByte() throws IOException {
    require();
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

  /** Fills what remains of {@code into}, past this reader's buffer where that is empty. */
  public void readFully(ByteBuffer into) throws IOException {
    while (into.hasRemaining()) {
      if (buffer.hasRemaining()) {
        take(into);
      } else if (into.remaining() >= BUFFER / 2) {
        if (read(into) < 0) {
          throw gone();
        }
      } else {
        require();
      }
    }
  }

  /** What is at hand or comes next, at least one byte unless the input has ended (then none). */
  public int readSome(ByteBuffer into) throws IOException {
    if (!hasMore()) {
      return 0;
    }
    int before = into.remaining();
    take(into);
    return before - into.remaining();
  }

  /**
   * A line without its line feed.
   *
   * @return null if the input has ended before the first byte
   * @throws LineException if it is longer than {@code maxLength} bytes, not UTF-8 or not ended
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
          throw new LineException("a line that is not UTF-8", line, length);
        }
      }
      if (length == maxLength) {
        throw new LineException("a line of more than " + maxLength + " bytes", line, length);
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, Math.min(maxLength, length * 2));
      }
      line[length++] = next;
    }
    throw new LineException("a line that is not ended", line, length);
  }

  /**
   * For {@link SilenceWatch}, from any thread: a number that is another one after each sign of
   * life, negative while nothing waits for one.
   */
  public long waiting() {
    long now = reads;
    return now % 2 == 0 ? -1 : now;
  }

  /** A number that grows with each read, from any thread. */
  public long reads() {
    return reads;
  }

  /** Gives the peer up, from any thread: a read that waits for it fails, and so do later ones. */
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
      return read;
    } catch (IOException e) {
      throw new PeerGoneException("cannot read from the peer: " + e.getMessage(), e);
    } finally {
      reads = reads + 1;
    }
  }

  private void take(ByteBuffer into) {
    int limit = buffer.limit();
    buffer.limit(buffer.position() + Math.min(buffer.remaining(), into.remaining()));
    into.put(buffer);
    buffer.limit(limit);
  }

  private void require() throws IOException {
    if (!hasMore()) {
      throw gone();
    }
  }

  private static PeerGoneException gone() {
    return new PeerGoneException("the input ended in the middle of a message");
  }
}
