package io.iblocksync.image;

import io.iblocksync.program.Log;
import io.iblocksync.protocol.DirectBuffers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * The buffers that chunks are read into: a bounded number of one size, made when they are first
 * needed and used again, the one first that was given back last, which is still in the CPU's cache.
 *
 * <p>Lock: the monitor guards all state, and is taken last. No memory is allocated under it.
 */
final class ReadBuffers {
  private final int bytes;
  private final int blockSize;

  /** Has memory for the first buffer; null if none is set aside. */
  private final LocalPair.Side side;

  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
  private int count;

  /** Lowered where there is no memory for that many. */
  private int max;

  ReadBuffers(Chunker chunker, ReadPlan plan) {
    this.bytes = chunker.maxBytes();
    this.blockSize = plan.geometry().blockSize();
    long chunkBytes = (long) chunker.chunkBlocks() * blockSize;
    this.max = (int) Math.max(2, plan.windowBytes() / chunkBytes);
    // A longer block is what does not fit next to the other side's.
    this.side = bytes > Chunker.CHUNK_BYTES ? null : plan.side();
  }

  /** How many buffers there are at most, as far as is known. */
  synchronized int max() {
    return max;
  }

  /** Whether there is a buffer, or may be another one. */
  synchronized boolean available() {
    return !free.isEmpty() || count < max;
  }

  /**
   * Takes a buffer, where one is {@link #available}. For one thread at a time.
   *
   * @return null if there is no memory for one more, so that others must be waited for
   * @throws IOException if there is none for even one
   */
  ByteBuffer take() throws IOException {
    synchronized (this) {
      if (!free.isEmpty()) {
        return free.pop();
      }
      count++;
    }
    assert !Thread.holdsLock(this);
    try {
      return side == null ? DirectBuffers.allocate(bytes) : side.buffer(bytes);
    } catch (OutOfMemoryError e) {
      lackMemory(e);
      return null;
    }
  }

  private void lackMemory(OutOfMemoryError e) throws IOException {
    int left;
    synchronized (this) {
      count--;
      max = count;
      left = count;
    }
    Log.debug("a window of " + left + " buffers: " + e.getMessage());
    if (left == 0) {
      String smaller = blockSize > Chunker.CHUNK_BYTES ? "choose a smaller --block, or " : "";
      throw new IOException(
          "not enough memory for "
              + Math.max(blockSize, bytes)
              + " bytes at once, in blocks of "
              + blockSize
              + ": "
              + smaller
              + "raise the limit, such as with IBLOCKSYNC_JAVA_OPTS=-XX:MaxDirectMemorySize=1g ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  synchronized void putBack(ByteBuffer buffer) {
    free.push(buffer);
  }

  /** Lets the memory of those that are free go. */
  synchronized void clear() {
    free.clear();
  }
}
