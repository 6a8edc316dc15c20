package io.iblocksync.receive.disk;

import io.iblocksync.image.Zeros;
import io.iblocksync.linux.ImageException;
import java.nio.ByteBuffer;

/**
 * Writes bytes to a target, and leaves out pages of zeros where holes cost nothing: a block is
 * large, but a hole of a file may be a single page. For one thread.
 */
final class SparseWriter {
  /** Written at a time: for more, the kernel takes larger pages, which cost more to allocate. */
  private static final int WRITE_STEP = 1 << 16;

  /** The smallest hole that the common file systems can have. */
  private static final int PAGE = 4096;

  private final Target target;
  private final ZeroMaker zeros;

  SparseWriter(Target target, ZeroMaker zeros) {
    this.target = target;
    this.zeros = zeros;
  }

  /**
   * Writes what remains of a buffer.
   *
   * @return how many bytes were written or became a hole
   */
  long write(ByteBuffer body, long start) throws ImageException {
    int limit = body.limit();
    int at = body.position();
    long base = start - at;
    long written = 0;
    while (at < limit) {
      int data = dataUntil(body, base, at, limit);
      written += data - at;
      writeInSteps(body, base, at, data);
      at = zerosUntil(body, base, data, limit);
      if (at > data) {
        written += zeros.make(base + data, base + at);
      }
    }
    return written;
  }

  /** Where the next page of zeros begins that need not be written. */
  private int dataUntil(ByteBuffer body, long base, int from, int limit) {
    // Before the old end of a file nothing is left out; usually that is all of it.
    if (!zeros.isFree(base + limit - 1)) {
      return limit;
    }
    int at = from;
    while (at < limit && !isFreePage(body, base, at, limit)) {
      at = pageEnd(base, at, limit);
    }
    return at;
  }

  private int zerosUntil(ByteBuffer body, long base, int from, int limit) {
    int at = from;
    while (at < limit && isFreePage(body, base, at, limit)) {
      at = pageEnd(base, at, limit);
    }
    return at;
  }

  private boolean isFreePage(ByteBuffer body, long base, int at, int limit) {
    return zeros.isFree(base + at) && Zeros.isZero(body, at, pageEnd(base, at, limit) - at);
  }

  private static int pageEnd(long base, int at, int limit) {
    return (int) Math.min(limit, at + PAGE - (base + at) % PAGE);
  }

  private void writeInSteps(ByteBuffer body, long base, int from, int to) throws ImageException {
    int limit = body.limit();
    body.position(from);
    while (body.position() < to) {
      body.limit(Math.min(to, body.position() + WRITE_STEP));
      target.write(body, base + body.position());
    }
    body.limit(limit);
  }
}
