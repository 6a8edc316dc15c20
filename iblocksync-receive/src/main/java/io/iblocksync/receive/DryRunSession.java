package io.iblocksync.receive;

import io.iblocksync.endpoint.CoordinatorLink;
import io.iblocksync.endpoint.Run;
import io.iblocksync.endpoint.SendQueue;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.image.ImageReader;
import io.iblocksync.image.ReadAhead;
import io.iblocksync.linux.ImageType;
import io.iblocksync.protocol.DigestValue;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.receive.disk.TargetProbe;
import io.iblocksync.receive.guard.ExclusiveHold;
import java.io.IOException;

/**
 * The target in a dry run: opens its image for reading only, or not at all if it is missing, sends
 * its hashes, and takes no data.
 */
final class DryRunSession {
  private final Run run;
  private final TargetProbe target;

  /** Nothing is handed to the writer; it only waits here. */
  private final SendQueue<Message> queue = new SendQueue<>();

  private final CoordinatorLink link;
  private final ReadAhead ahead;

  /** Null where there is none, or where it cannot be opened. */
  private ImageReader image;

  /** Whether the coordinator has said that this is all. */
  private volatile boolean done;

  DryRunSession(Run run, TargetProbe target) {
    this.run = run;
    this.target = target;
    this.ahead = new ReadAhead(run.targetPlan(), queue::wake);
    this.link = new CoordinatorLink(run, queue, ahead::fail);
  }

  /** Plays the session to its end; a failure is reported to the coordinator when this throws. */
  void run() throws IOException {
    try {
      if (target.type() != ImageType.MISSING) {
        link.whileAlive(this::startReading);
      }
      link.listen(this::receive);
      while (!done || !ahead.isDone()) {
        Hashes hashes = ahead.nextHashes(ahead::release);
        if (hashes != null) {
          link.write(hashes);
        } else {
          link.awaitWork(ahead.isFlowing());
        }
      }
      long read = image == null ? 0 : image.bytesRead();
      link.finish(new Stats(read, 0, ahead.zeroBlocks(), 0, 0), new Done(0, DigestValue.ZERO));
    } catch (Throwable e) {
      throw link.report(e);
    } finally {
      if (image != null) {
        image.close();
      }
    }
  }

  private void startReading() throws IOException {
    image = ImageReader.open(target.path());
    ExclusiveHold.warnOfOtherNames(target.path(), target.type());
    image.checkEnd();
    if (run.commonBlocks() > 0) {
      HashWorkers.start(ahead, image, link::fail);
    }
  }

  /** Takes in a message; on the reading thread. */
  private void receive(Message message) throws ProtocolException {
    if (message instanceof Done) {
      done = true;
      queue.wake();
    } else if (!(message instanceof Verdicts)) {
      throw CoordinatorLink.unexpected(message, "verdicts or done");
    }
  }
}
