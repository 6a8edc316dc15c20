package io.iblocksync.receive;

import io.iblocksync.endpoint.Run;
import io.iblocksync.image.BlockWindow;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.ImageDigest;
import io.iblocksync.receive.disk.Target;
import io.iblocksync.receive.disk.VerifyReader;
import java.io.IOException;

/**
 * The end of a run with {@code --verify}: reads the whole target again, from its medium, and forms
 * the digest of what stands there. In the memory of one more window, whatever the image's size.
 */
public final class Verification {
  private final Run run;
  private final Target target;
  private ImageDigest.Value digest;
  private long nanos;
  private long read;

  Verification(Run run, Target target) {
    this.run = run;
    this.target = target;
  }

  /** After all was written and flushed. */
  public void run() throws IOException, InterruptedException {
    long start = System.nanoTime();
    VerifyReader medium = target.reopen();
    Geometry image = run.otherGeometry();
    int digestLength = run.algorithm().length();
    BlockWindow window =
        new BlockWindow(image, image.blocks(), digestLength, false, run.windowBytes());
    HashWorkers.start(window, medium, run.algorithm());
    ImageDigest found = new ImageDigest(digestLength);
    BlockWindow.Work work = window.take();
    while (work instanceof BlockWindow.Announce announce) {
      found.add(announce.hashes());
      work = window.take();
    }
    digest = found.value();
    read = medium.bytesRead();
    nanos = System.nanoTime() - start;
  }

  /** Of the image as it stands on the medium. */
  ImageDigest.Value digest() {
    return digest;
  }

  /** How long it took. */
  long nanos() {
    return nanos;
  }

  /** How many bytes were read for it. */
  long bytesRead() {
    return read;
  }
}
