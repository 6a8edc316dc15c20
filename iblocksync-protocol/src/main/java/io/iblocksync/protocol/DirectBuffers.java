package io.iblocksync.protocol;

import java.nio.ByteBuffer;

/** Memory outside of the heap for what is read from a file, a device or a pipe. */
public final class DirectBuffers {
  /** A page's, which direct reads (O_DIRECT) need, and so a cache line's. */
  private static final int ALIGNMENT = 4096;

  private DirectBuffers() {}

  /**
   * A direct buffer whose first byte begins a page, and so a cache line. The JDK's own begin 16
   * bytes behind one, where the kernel's copying loop is slow on some processors: measured on an
   * AMD EPYC, reading from the page cache into an aligned one is four times as fast. What is read
   * past that cache needs no copy if it is aligned so.
   */
  public static ByteBuffer allocate(int bytes) {
    // An aligned slice is cut at both ends.
    return ByteBuffer.allocateDirect(bytes + 2 * ALIGNMENT).alignedSlice(ALIGNMENT).slice(0, bytes);
  }
}
