package io.iblocksync.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;

/**
 * A pipe in memory that holds few bytes, so that whoever writes soon waits for whoever reads. Both
 * ends block, move what they can and may be closed from any thread: closing the reading end breaks
 * the pipe for the writer, closing the writing end lets the reader have what is left.
 */
public final class BoundedPipe {
  private final byte[] ring;
  private int head;
  private int count;
  private long passed;
  private boolean ended;
  private boolean broken;

  public BoundedPipe(int capacity) {
    this.ring = new byte[capacity];
  }

  /** The end to read from. */
  public ReadableByteChannel source() {
    return new ReadEnd();
  }

  /** The end to write to. */
  public GatheringByteChannel sink() {
    return new WriteEnd();
  }

  /** The end to read from, as a stream. */
  public InputStream input() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return get(ByteBuffer.wrap(into, offset, length));
      }

      @Override
      public void close() {
        breakOff();
      }
    };
  }

  /** The end to write to, as a stream. */
  public OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(from, offset, length);
        while (bytes.hasRemaining()) {
          put(bytes);
        }
      }

      @Override
      public void close() {
        end();
      }
    };
  }

  /** The writer writes nothing more. */
  public synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** The reader reads nothing more. */
  public synchronized void breakOff() {
    broken = true;
    notifyAll();
  }

  /** How many bytes have been read so far. */
  public synchronized long passed() {
    return passed;
  }

  /** How many bytes have been written and not been read yet. */
  public synchronized int waiting() {
    return count;
  }

  private synchronized int get(ByteBuffer into) throws IOException {
    try {
      while (into.hasRemaining() && count == 0 && !ended && !broken) {
        wait();
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    if (broken) {
      throw new IOException("Stream closed");
    }
    if (count == 0 && into.hasRemaining()) {
      return -1;
    }
    int length = Math.min(count, into.remaining());
    for (int i = 0; i < length; i++) {
      into.put(ring[(head + i) % ring.length]);
    }
    head = (head + length) % ring.length;
    count -= length;
    passed += length;
    notifyAll();
    return length;
  }

  private synchronized int put(ByteBuffer from) throws IOException {
    try {
      while (count == ring.length && !broken) {
        wait();
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    if (broken) {
      throw new IOException("Broken pipe");
    }
    int length = Math.min(ring.length - count, from.remaining());
    for (int i = 0; i < length; i++) {
      ring[(head + count + i) % ring.length] = from.get();
    }
    count += length;
    notifyAll();
    return length;
  }

  private final class ReadEnd implements ReadableByteChannel {
    @Override
    public int read(ByteBuffer into) throws IOException {
      return get(into);
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {
      breakOff();
    }
  }

  private final class WriteEnd implements GatheringByteChannel {
    @Override
    public int write(ByteBuffer from) throws IOException {
      return put(from);
    }

    @Override
    public long write(ByteBuffer[] from) throws IOException {
      return write(from, 0, from.length);
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
      for (int i = offset; i < offset + length; i++) {
        if (from[i].hasRemaining()) {
          return put(from[i]);
        }
      }
      return 0;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {
      end();
    }
  }
}
