package io.iblocksync.cli.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A pipe between two threads that holds no bytes of its own: the writer lends its buffer until the
 * reader has taken all of it, so every byte is copied once. One thread may write and one may read;
 * any may close. Closing the reading end makes writes fail, as a broken pipe does; closing the
 * writing end is the end of the input.
 */
final class MemoryPipe {
  private ByteBuffer lent;
  private boolean writerClosed;
  private boolean readerClosed;

  private synchronized void write(ByteBuffer bytes) throws IOException {
    if (!bytes.hasRemaining()) {
      return;
    }
    if (!readerClosed) {
      lent = bytes;
      notifyAll();
    }
    try {
      while (lent != null && !readerClosed) {
        await();
      }
    } finally {
      lent = null;
    }
    if (bytes.hasRemaining()) {
      throw new IOException("Broken pipe");
    }
  }

  private synchronized int read(ByteBuffer into) throws IOException {
    while (lent == null && !writerClosed && !readerClosed) {
      await();
    }
    if (lent == null || readerClosed) {
      return -1;
    }
    int length = Math.min(lent.remaining(), into.remaining());
    int limit = lent.limit();
    into.put(lent.limit(lent.position() + length));
    lent.limit(limit);
    if (!lent.hasRemaining()) {
      lent = null;
      notifyAll();
    }
    return length;
  }

  private void await() throws InterruptedIOException {
    try {
      wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  private synchronized void closeWriter() {
    writerClosed = true;
    notifyAll();
  }

  private synchronized void closeReader() {
    readerClosed = true;
    notifyAll();
  }

  /** The reading end. */
  ReadableByteChannel source() {
    return new Source();
  }

  /** The writing end. */
  WritableByteChannel sink() {
    return new Sink();
  }

  /** The reading end as a stream. */
  InputStream input() {
    return Channels.newInputStream(source());
  }

  /** The writing end as a stream. */
  OutputStream output() {
    return Channels.newOutputStream(sink());
  }

  private final class Source implements ReadableByteChannel {
    private volatile boolean open = true;

    @Override
    public int read(ByteBuffer into) throws IOException {
      return MemoryPipe.this.read(into);
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() {
      open = false;
      closeReader();
    }
  }

  private final class Sink implements WritableByteChannel {
    private volatile boolean open = true;

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int length = bytes.remaining();
      MemoryPipe.this.write(bytes);
      return length;
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() {
      open = false;
      closeWriter();
    }
  }
}
