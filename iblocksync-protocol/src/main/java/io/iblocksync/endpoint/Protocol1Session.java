package io.iblocksync.endpoint;

import io.iblocksync.hash.BlockHasher;
import io.iblocksync.image.BlockWindow;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.program.Unexpected;
import io.iblocksync.protocol.BlockSet;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.PeerGoneException;
import io.iblocksync.protocol.Protocol1;
import io.iblocksync.protocol.WireReader;
import io.iblocksync.protocol.WireWriter;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An endpoint's side of protocol 1, which has no messages: all digests, then all signals, then all
 * blocks. The signals are taken in as they come, by a thread of their own, whatever the state of
 * the digests; a bit a block is all that is kept of them.
 */
public abstract class Protocol1Session {
  protected final Run run;
  protected final BlockWindow window;
  protected final BlockSet differing;
  protected final WireReader in;
  protected final WireWriter out;
  private final Geometry geometry;
  private byte[] zeroDigest;

  protected Protocol1Session(Run run) {
    this.run = run;
    this.geometry = run.ownGeometry();
    this.window =
        new BlockWindow(
            geometry, run.commonBlocks(), run.algorithm().length(), false, run.windowBytes());
    this.differing = new BlockSet(run.commonBlocks());
    this.in = run.in();
    this.out = run.out();
    window.holdOpen();
  }

  /** What follows the signals on the way in; runs on the reading thread. */
  protected abstract void afterSignals() throws IOException, InterruptedException;

  /**
   * What follows the digests on the way out; runs on the caller's thread after all signals came.
   */
  protected abstract void afterDigests() throws IOException;

  /** Plays the session to its end. */
  protected final void play(HashWorkers.Source image) throws IOException, InterruptedException {
    HashWorkers.start(window, image, run.algorithm());
    Thread reader = new Thread(this::readAll, "read");
    reader.setDaemon(true);
    reader.start();
    writeDigests();
    afterDigests();
    out.write(ByteBuffer.wrap(new byte[] {Protocol1.EOT}));
    out.flush();
  }

  private void writeDigests() throws IOException, InterruptedException {
    while (true) {
      BlockWindow.Work work = window.poll();
      if (work == null) {
        out.flush();
        work = window.take();
      }
      if (!(work instanceof BlockWindow.Announce announce)) {
        return;
      }
      write(announce.hashes());
    }
  }

  private void write(Hashes hashes) throws PeerGoneException {
    long block = hashes.first();
    int length = run.algorithm().length();
    for (HashRun hashRun : hashes.runs()) {
      if (hashRun.zeros()) {
        for (int i = 0; i < hashRun.count(); i++) {
          out.write(ByteBuffer.wrap(zeroDigest(geometry.length(block + i))));
        }
      } else {
        out.write(ByteBuffer.wrap(hashRun.digests(), hashRun.from(), hashRun.count() * length));
      }
      block += hashRun.count();
    }
  }

  /** The digest of zeros, which protocol 1 has no short form for. */
  private byte[] zeroDigest(int length) {
    if (length == geometry.blockSize() && zeroDigest != null) {
      return zeroDigest;
    }
    byte[] digest = new byte[run.algorithm().length()];
    BlockHasher hasher = run.algorithm().newHasher();
    hasher.hash(ByteBuffer.allocateDirect(length), digest, 0);
    if (length == geometry.blockSize()) {
      zeroDigest = digest;
    }
    return digest;
  }

  private void readAll() {
    try {
      for (long block = 0; block < run.commonBlocks(); block++) {
        if (Protocol1.isAck(in.readByte(), "the signal for block " + block)) {
          differing.add(block, block + 1);
        }
      }
      afterSignals();
      // The input may end now: all that was to come has come.
      window.letGo();
    } catch (Throwable e) {
      window.fail(Unexpected.exception(e));
    }
  }
}
