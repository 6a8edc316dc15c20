package io.iblocksync.cli.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** A process's output as a channel; the JDK's own adapter moves only 8 KiB at a time. */
final class StreamChannel implements ReadableByteChannel {
  private static final int MAX_READ = 1 << 16;

  private final InputStream in;

  /** When the read that is under way began, as System.nanoTime; 0 if none is. */
  private volatile long reading;

  private volatile long received;

  StreamChannel(InputStream in) {
    this.in = in;
  }

  /** How many bytes have come so far. */
  long received() {
    return received;
  }

  /** Reads into a heap buffer. */
  @Override
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread reads
  public int read(ByteBuffer into) throws IOException {
    int length = Math.min(into.remaining(), MAX_READ);
    reading = System.nanoTime() | 1;
    int read = in.read(into.array(), into.arrayOffset() + into.position(), length);
    reading = 0;
    if (read > 0) {
      into.position(into.position() + read);
      received += read;
    }
    return read;
  }

  /**
   * Whether a read has been waiting for so long.
   *
   * @param from a System.nanoTime; only the waiting after it counts
   */
  boolean hasWaited(int millis, long from) {
    long began = reading;
    long since = began - from > 0 ? began : from;
    return began != 0 && System.nanoTime() - since > millis * 1_000_000L;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
