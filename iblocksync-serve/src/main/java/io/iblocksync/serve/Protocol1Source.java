package io.iblocksync.serve;

import io.iblocksync.endpoint.Protocol1Session;
import io.iblocksync.endpoint.Run;
import io.iblocksync.image.ImageReader;
import io.iblocksync.protocol.DirectBuffers;
import io.iblocksync.protocol.Geometry;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The source in protocol 1. Its verdicts come after its last digest, so a block that is sent is
 * read a second time; one that changes in between is sent as it is then.
 */
final class Protocol1Source extends Protocol1Session {
  private static final int BUFFER = 1 << 20;

  private final ImageReader image;
  private final SourceGuard guard;
  private final ByteBuffer buffer = DirectBuffers.allocate(BUFFER);

  Protocol1Source(Run run, ImageReader image, SourceGuard guard) {
    super(run);
    this.image = image;
    this.guard = guard;
  }

  void run() throws IOException, InterruptedException {
    play(image);
  }

  @Override
  protected void afterSignals() {
    // The coordinator sends nothing more.
  }

  @Override
  protected void afterDigests() throws IOException {
    Geometry geometry = run.ownGeometry();
    long common = run.commonBlocks();
    for (long block = differing.next(0); block < common; ) {
      long end = differing.runEnd(block, common);
      send(geometry.offset(block), Math.min(geometry.offset(end), geometry.size()));
      block = differing.next(end);
    }
    send(Math.min(geometry.offset(common), geometry.size()), geometry.size());
    // Before the end of transmission: it is all that an original coordinator takes for success.
    guard.checkEnd(image);
  }

  private void send(long start, long end) throws IOException {
    for (long at = start; at < end; ) {
      buffer.clear().limit((int) Math.min(BUFFER, end - at));
      image.read(buffer, at);
      at += buffer.limit();
      out.write(buffer.flip());
    }
  }
}
