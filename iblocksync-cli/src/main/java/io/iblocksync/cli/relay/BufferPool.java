package io.iblocksync.cli.relay;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** Heap buffers of one size that are used again; its callers bound how many are in use. */
final class BufferPool {
  private final int size;
  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();

  BufferPool(int size) {
    this.size = size;
  }

  synchronized ByteBuffer take() {
    ByteBuffer buffer = free.poll();
    return buffer == null ? ByteBuffer.allocate(size) : buffer.clear();
  }

  synchronized void recycle(ByteBuffer buffer) {
    free.push(buffer);
  }
}
