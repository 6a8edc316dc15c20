package io.iblocksync.serve;

import io.iblocksync.protocol.Checksums;
import io.iblocksync.serve.DifferingParts.Part;

/**
 * Makes the DATA of what differs where it is sent as it is: as slices of the chunks, without a
 * copy. For the writer itself: to hand each frame from one thread to another costs more than to
 * make it.
 */
final class RawData {
  private final KeptChunks kept;
  private final DifferingParts parts = new DifferingParts(null);
  private final Checksums checksums = new Checksums();
  private KeptChunk chunk;

  RawData(KeptChunks kept) {
    this.kept = kept;
  }

  /** The next DATA; null if there is none at the moment. */
  Outgoing poll() {
    Part part = parts.next();
    if (part == null) {
      chunk = kept.pollDiffering();
      if (chunk == null) {
        return null;
      }
      parts.begin(chunk);
      part = parts.next();
    }
    return part.bytes() == null
        ? Outgoing.zeros(part, chunk)
        : Outgoing.raw(part, chunk, checksums);
  }
}
