package io.iblocksync.receive;

import io.iblocksync.image.BlockWindow;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.program.Unexpected;
import io.iblocksync.protocol.DirectBuffers;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.PieceHasher;
import io.iblocksync.protocol.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Reads the blocks that the verdicts ask for once more, on a thread of its own, and tells the
 * hashes of their pieces. Only after that does data for such a block come.
 */
final class PieceSender {
  /** The most runs of blocks that wait; the source's window allows no more than half of it. */
  private static final int MAX_RUNS = 1 << 16;

  private static final int BATCH = Frames.MAX_DATA / PieceHasher.PIECE;

  /** Blocks from {@code first} up to {@code end}. */
  private record Run(long first, long end) {}

  private final Geometry source;
  private final BlockWindow window;
  private final PieceHasher hasher;
  private final ArrayDeque<Run> queue = new ArrayDeque<>();
  private HashWorkers.Source image;

  /**
   * @param source the source's image: what is past its end is not asked for
   */
  PieceSender(Geometry source, BlockWindow window, String salt) throws ProtocolException {
    this.source = source;
    this.window = window;
    this.hasher = new PieceHasher(salt);
  }

  void start(HashWorkers.Source from) {
    image = from;
    Thread thread = new Thread(this::sendAll, "pieces");
    thread.setDaemon(true);
    thread.start();
  }

  /** Notes what is asked for; on the thread that reads, which never waits here. */
  synchronized void decided(Verdicts verdicts) throws ProtocolException {
    long block = verdicts.first();
    for (int run : verdicts.runs()) {
      int count = Verdicts.count(run);
      if (Verdicts.byPieces(run)) {
        if (queue.size() == MAX_RUNS) {
          throw new ProtocolException(
              "more than " + MAX_RUNS + " runs of blocks to send pieces of");
        }
        queue.add(new Run(block, block + count));
      }
      block += count;
    }
    notifyAll();
  }

  private synchronized Run next() throws InterruptedException {
    while (queue.isEmpty()) {
      wait();
    }
    return queue.remove();
  }

  private void sendAll() {
    try {
      ByteBuffer bytes = DirectBuffers.allocate(Frames.MAX_DATA);
      while (true) {
        Run run = next();
        for (long block = run.first(); block < run.end(); block++) {
          send(block, bytes);
        }
      }
    } catch (Throwable e) {
      window.fail(Unexpected.exception(e));
    }
  }

  private void send(long block, ByteBuffer bytes) throws IOException, InterruptedException {
    int length = source.length(block);
    int pieces = PieceHasher.pieces(length);
    for (int first = 0; first < pieces; first += BATCH) {
      int start = first * PieceHasher.PIECE;
      bytes.clear().limit(Math.min(Frames.MAX_DATA, length - start));
      image.read(bytes, source.offset(block) + start);
      int end = bytes.flip().limit();
      byte[] hashes = new byte[PieceHasher.pieces(end) * PieceHasher.HASH];
      for (int i = 0; bytes.position() < end; i += PieceHasher.HASH) {
        bytes.limit(Math.min(end, bytes.position() + PieceHasher.PIECE));
        hasher.hash(bytes, hashes, i);
      }
      window.tell(new Pieces(block, first, hashes), null);
    }
  }
}
