package io.iblocksync.receive;

import io.iblocksync.endpoint.Protocol1Link;
import io.iblocksync.endpoint.Run;
import io.iblocksync.protocol.BlockSet;
import io.iblocksync.protocol.DirectBuffers;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Protocol1;
import io.iblocksync.receive.disk.DiskWriter;
import io.iblocksync.receive.disk.Target;
import io.iblocksync.receive.disk.TargetProbe;
import io.iblocksync.receive.disk.ZeroMaker;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The target in protocol 1. */
final class Protocol1Target {
  private final Run run;
  private final TargetProbe probe;
  private final Protocol1Link link;

  /** Both are null until the target is open. */
  private Target target;

  private DiskWriter disk;

  Protocol1Target(Run run, TargetProbe probe) {
    this.run = run;
    this.probe = probe;
    this.link = new Protocol1Link(run);
  }

  /** Plays the session to its end. */
  void run() throws IOException, InterruptedException {
    target = probe.open(run.settings());
    target.prepare(run.other().fileSize());
    ZeroMaker zeros = new ZeroMaker(target, run.own().fileSize(), run.settings());
    disk = new DiskWriter(target, zeros, run.finalSize());
    disk.start(DirectBuffers.allocate(Frames.MAX_DATA), link::inputIsDone, link::fail);
    link.startHashing(target.reader());
    link.listen(this::receiveBlocks); // to the disk, which says when all is written
    link.writeDigests();
    link.awaitInput();
    boolean cut = run.own().fileSize() > run.finalSize() || passedOverPartialBlock();
    link.write(ByteBuffer.wrap(new byte[] {(byte) (cut ? Protocol1.ACK : Protocol1.NAK)}));
    link.finish();
  }

  /** Takes in what follows the signals; on the reading thread. */
  private void receiveBlocks() throws IOException, InterruptedException {
    Geometry source = run.otherGeometry();
    long common = run.commonBlocks();
    target.reader().warnOfPartialPages(source.blockSize());
    // Only what is hashed may be written, also under a coordinator that did not wait for it.
    link.awaitHashed();
    BlockSet differing = link.differing();
    for (long block = differing.next(0); block < common; ) {
      long end = differing.runEnd(block, common);
      receive(source.offset(block), Math.min(source.offset(end), source.size()));
      block = differing.next(end);
    }
    receive(Math.min(source.offset(common), source.size()), source.size());
    disk.end();
  }

  private void receive(long start, long end) throws IOException, InterruptedException {
    for (long at = start; at < end; ) {
      int length = (int) Math.min(Frames.MAX_DATA, end - at);
      ByteBuffer body = disk.buffer().limit(length);
      run.in().readFully(body);
      disk.put(at, body); // which is the writer's from here on
      at += length;
    }
  }

  /** 1.0.1 says that it has cut the target here too, where it has padded it. We only say so. */
  private boolean passedOverPartialBlock() {
    long last = run.commonBlocks() - 1;
    Geometry source = run.otherGeometry();
    return last >= 0
        && last == source.blocks() - 1
        && source.length(last) < source.blockSize()
        && !link.differing().contains(last);
  }
}
