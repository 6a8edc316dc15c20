package io.iblocksync.serve;

import io.iblocksync.image.Chunk;
import io.iblocksync.protocol.Frames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;

/** Cuts what differs of a chunk into what can be the content of one DATA frame each. */
final class DifferingParts {
  /** Takes the parts, in ascending order. */
  interface Sink {
    void zeros(long offset, long length) throws IOException, InterruptedException;

    /**
     * @param bytes at most {@link Frames#MAX_DATA}
     */
    void bytes(long offset, ByteBuffer bytes) throws IOException, InterruptedException;
  }

  private DifferingParts() {}

  static void of(Chunk chunk, Sink sink) throws IOException, InterruptedException {
    BitSet differs = chunk.differs();
    for (int i = differs.nextSetBit(0); i >= 0; ) {
      int differsUntil = differs.nextClearBit(i);
      boolean zero = chunk.zero().get(i);
      int zeroUntil = zero ? chunk.zero().nextClearBit(i) : nextZero(chunk, i);
      int end = Math.min(differsUntil, zeroUntil);
      if (zero) {
        sink.zeros(chunk.offset() + chunk.start(i), chunk.start(end) - chunk.start(i));
      } else {
        bytes(chunk, chunk.start(i), chunk.start(end), sink);
      }
      i = differs.nextSetBit(end);
    }
  }

  private static int nextZero(Chunk chunk, int from) {
    int next = chunk.zero().nextSetBit(from);
    return next < 0 ? chunk.blocks() : next;
  }

  private static void bytes(Chunk chunk, long start, long end, Sink sink)
      throws IOException, InterruptedException {
    for (long from = start; from < end; from += Frames.MAX_DATA) {
      long to = Math.min(end, from + Frames.MAX_DATA);
      sink.bytes(chunk.offset() + from, chunk.slice(from, to));
    }
  }
}
