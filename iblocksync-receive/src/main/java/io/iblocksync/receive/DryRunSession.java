package io.iblocksync.receive;

import io.iblocksync.endpoint.FrameSession;
import io.iblocksync.endpoint.Run;
import io.iblocksync.image.BlockWindow;
import io.iblocksync.image.Chunk;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.image.ImageReader;
import io.iblocksync.linux.ImageType;
import io.iblocksync.protocol.ImageDigest;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.receive.disk.TargetProbe;
import io.iblocksync.receive.guard.ExclusiveHold;
import java.io.IOException;

/**
 * The target in a dry run: opens its image for reading only, or not at all if it is missing, tells
 * its hashes, and takes no data.
 */
final class DryRunSession extends FrameSession {
  private final TargetProbe target;

  /** Null where there is none, or where it cannot be opened. */
  private ImageReader image;

  DryRunSession(Run run, TargetProbe target) {
    super(
        run,
        new BlockWindow(
            run.comparedPart(),
            run.commonBlocks(),
            run.algorithm().length(),
            false,
            run.windowBytes()));
    this.target = target;
  }

  void run() throws IOException, InterruptedException {
    window.holdOpen();
    if (target.type() != ImageType.MISSING) {
      prepare(this::open, () -> {});
    }
    try {
      play();
    } finally {
      if (image != null) {
        image.close();
      }
    }
  }

  private void open() throws IOException {
    image = ImageReader.open(target.path());
    ExclusiveHold.warnOfOtherNames(target.path(), target.type());
    image.checkEnd();
    if (run.commonBlocks() > 0) {
      HashWorkers.start(window, image, run.algorithm(), run.side());
    }
  }

  @Override
  protected void receive(Message message) throws IOException {
    if (message instanceof Done) {
      window.letGo();
    } else if (!(message instanceof Verdicts)) {
      throw unexpected(message, "verdicts or done");
    }
  }

  @Override
  protected void announced(Hashes hashes) {
    // Nothing is proved of a target that is not written to.
  }

  @Override
  protected void send(Chunk chunk) {
    throw new IllegalStateException("the target keeps no blocks");
  }

  @Override
  protected Done done() {
    return new Done(0, ImageDigest.Value.ZERO);
  }

  @Override
  protected Stats stats() {
    return new Stats(image == null ? 0 : image.bytesRead(), 0, window.zeroBlocks(), 0, 0);
  }
}
