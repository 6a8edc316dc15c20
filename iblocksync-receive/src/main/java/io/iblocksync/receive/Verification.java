package io.iblocksync.receive;

import io.iblocksync.endpoint.Run;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.image.ReadAhead;
import io.iblocksync.image.ReadPlan;
import io.iblocksync.protocol.DigestValue;
import io.iblocksync.protocol.ImageDigest;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.receive.disk.Target;
import io.iblocksync.receive.disk.VerifyReader;
import java.io.IOException;

/**
 * The end of a run with {@code --verify}: reads the whole target again, from the disk, and forms
 * the digest of what it finds. In the memory of one more window, whatever the image's size. For one
 * thread, and then for those that get to know that {@link #run} is over.
 */
final class Verification {
  private final Run run;
  private final Target target;
  private DigestValue digest;
  private long nanos;
  private long read;

  Verification(Run run, Target target) {
    this.run = run;
    this.target = target;
  }

  /** Reads the target, after all was written and flushed. */
  void run() throws IOException, InterruptedException {
    long start = System.nanoTime();
    VerifyReader reader = target.reopen();
    ReadAhead ahead =
        new ReadAhead(
            ReadPlan.hashing(run.otherGeometry(), run.algorithm(), run.windowBytes()), () -> {});
    HashWorkers.start(ahead, reader, ahead::fail);
    ImageDigest found = new ImageDigest(run.algorithm().length());
    for (Hashes hashes = ahead.takeHashes(); hashes != null; hashes = ahead.takeHashes()) {
      found.add(hashes);
    }
    digest = found.value();
    read = reader.bytesRead();
    nanos = System.nanoTime() - start;
  }

  /** Of the image as it is on the disk. */
  DigestValue digest() {
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
