package io.iblocksync.serve;

import io.iblocksync.endpoint.Protocol1Link;
import io.iblocksync.endpoint.Run;
import io.iblocksync.image.ImageReader;
import io.iblocksync.protocol.BlockSet;
import io.iblocksync.protocol.DirectBuffers;
import io.iblocksync.protocol.Geometry;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The source in protocol 1. Its verdicts come after its last digest, so a block that is sent is
 * read a second time; one that changes in between is sent as it is then.
 */
final class Protocol1Source {
  private static final int BUFFER = 1 << 20;

  private final Run run;
  private final ImageReader image;
  private final SourceGuard guard;
  private final Protocol1Link link;
  private final ByteBuffer buffer = DirectBuffers.allocate(BUFFER);

  Protocol1Source(Run run, ImageReader image, SourceGuard guard) {
    this.run = run;
    this.image = image;
    this.guard = guard;
    this.link = new Protocol1Link(run);
  }

  /** Plays the session to its end. */
  void run() throws IOException, InterruptedException {
    link.startHashing(image);
    link.listen(link::inputIsDone); // after its signals a coordinator sends nothing more
    link.writeDigests();
    link.awaitInput();
    Geometry geometry = run.ownGeometry();
    long common = run.commonBlocks();
    guard.checkWriters();
    BlockSet differing = link.differing();
    for (long block = differing.next(0); block < common; ) {
      long end = differing.runEnd(block, common);
      send(geometry.offset(block), Math.min(geometry.offset(end), geometry.size()));
      block = differing.next(end);
    }
    send(Math.min(geometry.offset(common), geometry.size()), geometry.size());
    // Before the end of transmission: it is all that an original coordinator takes for success.
    guard.checkEnd(image);
    link.finish();
  }

  private void send(long start, long end) throws IOException {
    for (long at = start; at < end; ) {
      buffer.clear().limit((int) Math.min(BUFFER, end - at));
      image.read(buffer, at);
      at += buffer.limit();
      link.write(buffer.flip());
    }
  }
}
