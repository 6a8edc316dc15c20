package io.iblocksync.receive;

import io.iblocksync.endpoint.SendQueue;
import io.iblocksync.image.ReadableImage;
import io.iblocksync.program.Tasks;
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
import java.util.function.Consumer;

/**
 * Reads the blocks that the verdicts ask for once more, on a thread of its own, and sends the
 * hashes of their pieces. Only after that does data for such a block come.
 *
 * <p>Lock: the monitor guards {@link #asked}, and is not held while anything is read or sent.
 */
final class PieceSender {
  /** The most runs of blocks that wait; the source's window allows no more than half of it. */
  private static final int MAX_RUNS = 1 << 16;

  private static final int BATCH = Frames.MAX_DATA / PieceHasher.PIECE;

  /** Blocks from {@code first} up to {@code end}. */
  private record Run(long first, long end) {}

  private final Geometry source;
  private final SendQueue<Pieces> queue;
  private final PieceHasher hasher;
  private final ArrayDeque<Run> asked = new ArrayDeque<>();

  /**
   * @param source the source's image: what is past its end is not asked for
   * @param queue gets the hashes
   */
  PieceSender(Geometry source, SendQueue<Pieces> queue, String salt) throws ProtocolException {
    this.source = source;
    this.queue = queue;
    this.hasher = new PieceHasher(salt);
  }

  /** Starts the thread; it ends with the session's failure, or with the process. */
  void start(ReadableImage image, Consumer<IOException> failed) {
    Tasks.start("pieces", () -> sendAll(image), failed);
  }

  /** Notes what is asked for; on the reading thread, which never waits here. */
  synchronized void decided(Verdicts verdicts) throws ProtocolException {
    long block = verdicts.first();
    for (int run : verdicts.runs()) {
      int count = Verdicts.count(run);
      if (Verdicts.byPieces(run)) {
        if (asked.size() == MAX_RUNS) {
          throw new ProtocolException(
              "more than " + MAX_RUNS + " runs of blocks to send pieces of");
        }
        asked.add(new Run(block, block + count));
      }
      block += count;
    }
    notifyAll();
  }

  private synchronized Run next() throws InterruptedException {
    while (asked.isEmpty()) {
      wait();
    }
    return asked.remove();
  }

  private void sendAll(ReadableImage image) throws IOException, InterruptedException {
    ByteBuffer bytes = DirectBuffers.allocate(Frames.MAX_DATA);
    while (true) {
      Run run = next();
      for (long block = run.first(); block < run.end(); block++) {
        send(image, block, bytes);
      }
    }
  }

  private void send(ReadableImage image, long block, ByteBuffer bytes)
      throws IOException, InterruptedException {
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
      queue.put(new Pieces(block, first, hashes));
    }
  }
}
