package io.iblocksync.serve;

import io.iblocksync.image.Chunk;
import io.iblocksync.image.ReadAhead;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.ProtocolException;
import java.util.ArrayDeque;

/**
 * The chunks that the source keeps until the target has what it lacks of them. A chunk is added
 * when its hashes are announced, then decided by verdicts, and released if it is equal; if it
 * differs it is handed out, in the order of the image, once the hashes of pieces have come that the
 * target was asked for, and released when it is {@link #sent}.
 *
 * <p>Its size is bounded by {@link ReadAhead}, whose space a chunk takes until it is released: so
 * taking in a verdict never waits.
 *
 * <p>Lock: the monitor guards all state. {@link ReadAhead} is called under it, nothing else: the
 * writer is woken without it. Only {@link #takeDiffering} waits here.
 */
final class KeptChunks {
  private final ReadAhead ahead;
  private final boolean send;
  private final Runnable wakeWriter;

  /** Chunks on whose last block there is no verdict yet, and those behind them. */
  private final ArrayDeque<KeptChunk> undecided = new ArrayDeque<>();

  /** Chunks that are decided and differ, and were not handed out. */
  private final ArrayDeque<KeptChunk> differing = new ArrayDeque<>();

  /** Chunks, decided or not, of which hashes of pieces are still to come; or the first one not. */
  private final ArrayDeque<KeptChunk> awaitingPieces = new ArrayDeque<>();

  private long announced;
  private long decided;
  private boolean stopped;

  /**
   * @param ahead where the chunks come from and are released to
   * @param send whether what differs is sent; else it is released once it is decided (dry run)
   * @param wakeWriter is called, by any thread, when there is something to poll, or all is done
   */
  KeptChunks(ReadAhead ahead, boolean send, Runnable wakeWriter) {
    this.ahead = ahead;
    this.send = send;
    this.wakeWriter = wakeWriter;
  }

  /**
   * From the writer: takes the next chunk of the image, before its hashes are written. Chunks past
   * the common blocks need no verdict: the target lacks all of them.
   */
  synchronized void add(Chunk chunk) {
    KeptChunk kept = new KeptChunk(chunk);
    if (chunk.common()) {
      announced += chunk.blocks();
    } else {
      kept.decide(chunk.blocks(), true);
    }
    undecided.add(kept);
    moveDecided();
  }

  /**
   * From the reading thread: verdicts, in block order, on blocks whose hashes were announced.
   *
   * @throws ProtocolException if they do not follow those before, or come before the hashes
   */
  void decide(Verdicts verdicts) throws ProtocolException {
    boolean work;
    synchronized (this) {
      if (verdicts.first() != decided) {
        throw new ProtocolException(
            "VERDICTS on blocks from " + verdicts.first() + ", expected from " + decided);
      }
      for (int run : verdicts.runs()) {
        decide(run);
      }
      work = hasWork();
    }
    wakeWriterIf(work);
  }

  private void decide(int run) throws ProtocolException {
    int count = Verdicts.count(run);
    if (count > announced - decided) {
      throw new ProtocolException(
          "VERDICTS on blocks to "
              + (decided + count)
              + ", but only "
              + announced
              + " hashes were sent");
    }
    int left = count;
    while (left > 0) {
      KeptChunk chunk = undecided.peek();
      int here = Math.min(left, chunk.undecided());
      if (Verdicts.byPieces(run)) {
        if (!chunk.byPieces()) {
          awaitingPieces.add(chunk);
        }
        chunk.decideByPieces(here);
      } else {
        chunk.decide(here, Verdicts.differs(run));
      }
      moveDecided();
      left -= here;
    }
    decided += count;
  }

  private void moveDecided() {
    assert Thread.holdsLock(this);
    while (!undecided.isEmpty() && undecided.peek().undecided() == 0) {
      KeptChunk chunk = undecided.remove();
      if (chunk.differs() != null && send) {
        differing.add(chunk);
      } else {
        ahead.release(chunk.chunk());
      }
      notifyAll();
    }
  }

  /**
   * From the reading thread: hashes of pieces of the blocks that verdicts asked for, in order.
   *
   * @throws ProtocolException if they are not those that must come next
   */
  void pieces(Pieces pieces) throws ProtocolException {
    boolean work;
    synchronized (this) {
      KeptChunk chunk = awaitingPieces.peek();
      while (chunk != null && !chunk.lacksPieces() && chunk.undecided() == 0) {
        awaitingPieces.remove();
        chunk = awaitingPieces.peek();
      }
      if (chunk == null || !chunk.lacksPieces()) {
        throw new ProtocolException("PIECES of block " + pieces.block() + ", expected none");
      }
      chunk.takePieces(pieces);
      notifyAll();
      work = hasWork();
    }
    wakeWriterIf(work);
  }

  /**
   * The next chunk with blocks that differ, to be given to {@link #sent} in the end.
   *
   * @return null if there is none at the moment
   */
  synchronized KeptChunk pollDiffering() {
    return canSend() ? differing.remove() : null;
  }

  /**
   * As {@link #pollDiffering}, but waits for one.
   *
   * @return null if there will be none any more, or the session has failed
   */
  synchronized KeptChunk takeDiffering() throws InterruptedException {
    while (!stopped && !canSend() && !ahead.isDone()) {
      wait();
    }
    return stopped ? null : pollDiffering();
  }

  /** All that the target lacks of a chunk is written, so its bytes are needed no more. */
  void sent(KeptChunk chunk) {
    boolean done;
    synchronized (this) {
      ahead.release(chunk.chunk());
      done = ahead.isDone();
      if (done) {
        notifyAll();
      }
    }
    wakeWriterIf(done);
  }

  /** The session has failed: nobody waits here any more. */
  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  private boolean canSend() {
    return !differing.isEmpty() && !differing.peek().lacksPieces();
  }

  private boolean hasWork() {
    return canSend() || ahead.isDone();
  }

  private void wakeWriterIf(boolean work) {
    assert !Thread.holdsLock(this);
    if (work) {
      wakeWriter.run();
    }
  }
}
