package io.iblocksync.endpoint;

import io.iblocksync.hash.BlockHasher;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.image.ReadAhead;
import io.iblocksync.image.ReadPlan;
import io.iblocksync.image.ReadableImage;
import io.iblocksync.program.Tasks;
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
 * An endpoint's link to the coordinator in protocol 1, which has no messages: all digests, then all
 * signals, then all blocks. The signals are taken in as they come, by the thread "read", however
 * far the digests are; all that is kept of a signal is one bit. The thread that runs the session is
 * the only one that writes.
 */
public final class Protocol1Link {
  private final Run run;
  private final WireReader in;
  private final WireWriter out;
  private final Geometry geometry;
  private final ReadAhead ahead;

  /** Nothing is handed to the writer; it only waits here. */
  private final SendQueue<Void> queue = new SendQueue<>();

  private final BlockSet differing;
  private volatile boolean inputDone;
  private byte[] zeroDigest;

  public Protocol1Link(Run run) {
    this.run = run;
    this.in = run.in();
    this.out = run.out();
    this.geometry = run.ownGeometry();
    ReadPlan plan = ReadPlan.hashing(run.commonPart(), run.algorithm(), run.windowBytes());
    this.ahead = new ReadAhead(plan, queue::wake);
    this.differing = new BlockSet(run.commonBlocks());
  }

  /** Starts to read and hash the common blocks of an image. */
  public void startHashing(ReadableImage image) {
    HashWorkers.start(ahead, image, this::fail);
  }

  /**
   * Starts to take in the signals.
   *
   * @param afterSignals takes in what comes then, on the reading thread
   */
  public void listen(Tasks.Job afterSignals) {
    Tasks.Job job =
        () -> {
          readSignals();
          afterSignals.run();
        };
    Tasks.start("read", job, this::fail);
  }

  private void readSignals() throws IOException {
    for (long block = 0; block < run.commonBlocks(); block++) {
      if (Protocol1.isAck(in.readByte(), "the signal for block " + block)) {
        differing.add(block, block + 1);
      }
    }
  }

  /** Which of the common blocks differ, once all signals are there. */
  public BlockSet differing() {
    return differing;
  }

  /** For the reading thread: waits until all common blocks are hashed. */
  public void awaitHashed() throws IOException, InterruptedException {
    ahead.awaitDone();
  }

  /** From any thread: nothing more is to come in, and all that came in is dealt with. */
  public void inputIsDone() {
    inputDone = true;
    queue.wake();
  }

  /** From any thread: the session has failed; only the first failure counts. */
  public void fail(IOException cause) {
    queue.fail(cause);
    ahead.fail(cause);
  }

  /**
   * Writes the digests of all common blocks, as they are formed.
   *
   * @throws IOException what the session has failed with
   */
  public void writeDigests() throws IOException, InterruptedException {
    while (!ahead.isDone()) {
      Hashes hashes = ahead.nextHashes(ahead::release);
      if (hashes != null) {
        queue.check();
        write(hashes);
      } else {
        out.flush();
        queue.await(0);
      }
    }
    out.flush();
  }

  /**
   * Waits for {@link #inputIsDone}.
   *
   * @throws IOException what the session has failed with
   */
  public void awaitInput() throws IOException, InterruptedException {
    while (!inputDone) {
      queue.await(0);
    }
    queue.check();
  }

  /** Writes bytes: the remaining ones, which are consumed. */
  public void write(ByteBuffer bytes) throws PeerGoneException {
    out.write(bytes);
  }

  /** Says that all went well. */
  public void finish() throws PeerGoneException {
    out.write(ByteBuffer.wrap(new byte[] {Protocol1.EOT}));
    out.flush();
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
}
