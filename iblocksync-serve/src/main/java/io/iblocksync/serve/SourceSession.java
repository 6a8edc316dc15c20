package io.iblocksync.serve;

import io.iblocksync.endpoint.CoordinatorLink;
import io.iblocksync.endpoint.Run;
import io.iblocksync.endpoint.SendQueue;
import io.iblocksync.image.Chunk;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.image.ImageReader;
import io.iblocksync.image.ReadAhead;
import io.iblocksync.program.Tasks;
import io.iblocksync.protocol.Features;
import io.iblocksync.protocol.ImageDigest;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.PieceHasher;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.protocol.Setting;
import java.io.IOException;

/**
 * The source in protocol 2: every block is read once, hashed, announced, kept until the verdict,
 * and sent if the target lacks it, as the very bytes that were hashed.
 */
final class SourceSession {
  private final Run run;
  private final ImageReader image;
  private final SourceGuard guard;
  private final boolean byPieces;

  private final SendQueue<Outgoing> queue = new SendQueue<>();
  private final CoordinatorLink link;
  private final ReadAhead ahead;
  private final KeptChunks kept;
  private final ImageDigest digest;
  private final DataWriter data;
  private final RawData raw;

  /** Null where nothing is compressed and no pieces are compared: then DATA is raw. */
  private final Packer packer;

  /** Whether it is still being found out if the target has space for the image. */
  private volatile boolean counting;

  SourceSession(Run run, ImageReader image, SourceGuard guard) throws ProtocolException {
    this.run = run;
    this.image = image;
    this.guard = guard;
    boolean dryRun = run.settings().flag(Setting.DRY_RUN);
    boolean verify = run.settings().flag(Setting.VERIFY);
    boolean compress = run.features().contains(Features.ZSTD);
    this.byPieces = run.features().contains(Features.PIECES);
    this.link = new CoordinatorLink(run, queue, this::stop);
    this.ahead =
        new ReadAhead(
            run.sourcePlan(dryRun ? run.commonPart() : run.ownGeometry(), verify), queue::wake);
    this.kept = new KeptChunks(ahead, !dryRun, queue::wake);
    this.digest = new ImageDigest(run.algorithm().length());
    long commonEnd = run.ownGeometry().offset(run.commonBlocks());
    this.data = new DataWriter(link, digest, commonEnd, verify);
    this.raw = new RawData(kept);
    PieceHasher hasher = byPieces ? new PieceHasher(run.settings().text(Setting.SALT)) : null;
    this.packer = compress || byPieces ? new Packer(kept, queue, compress, hasher) : null;
  }

  /** Plays the session to its end; a failure is reported to the coordinator when this throws. */
  void run() throws IOException {
    try {
      link.whileAlive(this::startReading); // from here on, HashWorkers read and hash ahead
      link.listen(this::receive); // verdicts, and hashes of pieces, go to the kept chunks
      if (packer != null) {
        packer.start(link::fail); // kept chunks that differ become DATA in the queue
      }
      while (counting || !ahead.isDone()) {
        Hashes hashes = ahead.nextHashes(this::keep);
        if (hashes != null) {
          digest.add(hashes);
          link.write(hashes);
          continue;
        }
        Outgoing outgoing = nextData();
        if (outgoing != null) {
          writeChunk(outgoing);
          continue;
        }
        data.writeZeros();
        link.awaitWork(ahead.isFlowing());
      }
      data.writeZeros();
      guard.checkEnd(image);
      link.finish(
          new Stats(image.bytesRead(), 0, ahead.zeroBlocks(), 0, 0),
          new Done(data.sentBytes(), digest.value()));
    } catch (Throwable e) {
      throw link.report(e);
    }
  }

  private void startReading() throws IOException {
    guard.begin();
    long space = run.settings().number(Setting.MAX_DATA);
    if (guard.mayExceed(space)) {
      counting = true;
      // Takes as long as to read the image, and may be given up.
      Tasks.start("count", () -> countAndRead(space), link::fail);
    } else {
      HashWorkers.start(ahead, image, link::fail);
    }
  }

  private void countAndRead(long space) throws IOException {
    guard.checkData(space, link::hasFailed);
    HashWorkers.start(ahead, image, link::fail);
    counting = false;
    queue.wake();
  }

  /** Takes in a message; on the reading thread. */
  private void receive(Message message) throws ProtocolException {
    if (message instanceof Verdicts verdicts) {
      verdicts.check(byPieces);
      kept.decide(verdicts);
    } else if (message instanceof Pieces hashes) {
      kept.pieces(hashes);
    } else {
      throw CoordinatorLink.unexpected(message, "verdicts");
    }
  }

  /** Keeps a chunk until its verdict, from before its hashes are announced. */
  private void keep(Chunk chunk) {
    if (chunk.hashed() && !chunk.common()) {
      digest.add(chunk.hashes(run.algorithm().length())); // with "verify" only
    }
    kept.add(chunk);
  }

  private Outgoing nextData() throws IOException {
    return packer == null ? raw.poll() : queue.poll();
  }

  /** Writes DATA, and what is there of the same chunk: to look for hashes between takes time. */
  private void writeChunk(Outgoing first) throws IOException {
    guard.checkWriters();
    Outgoing outgoing = first;
    while (outgoing != null && outgoing.last() == null) {
      write(outgoing);
      outgoing = nextData();
    }
    if (outgoing != null) {
      write(outgoing);
      kept.sent(outgoing.last());
    }
  }

  private void write(Outgoing outgoing) throws IOException {
    if (packer == null) {
      data.write(outgoing);
    } else {
      long start = System.nanoTime();
      data.write(outgoing);
      packer.written(outgoing, System.nanoTime() - start);
    }
  }

  private void stop(IOException cause) {
    ahead.fail(cause);
    kept.stop();
  }
}
