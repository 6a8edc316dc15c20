package io.iblocksync.image;

import io.iblocksync.program.Log;
import io.iblocksync.protocol.DirectBuffers;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The blocks of an image on their way through an endpoint: claimed and hashed by workers in any
 * order, announced in block order and, where they are kept (in the source), held until the verdict
 * and sent. All its state is behind its monitor; who has nothing to do waits there.
 *
 * <p>Bounded twice: in bytes (buffers) and in entries (chunks), so that blocks of zeros, which keep
 * no buffer, cannot pile up either. When it is full, the workers wait and nobody else does.
 */
public final class BlockWindow {
  /** The bytes of blocks that a window holds by default. */
  public static final long BYTES = 64L << 20;

  /** The same where no link is between the endpoints, in one process. */
  public static final long BESIDE_BYTES = 32L << 20;

  private static final int MAX_CHUNKS = 1024;

  /**
   * The most blocks that are kept, and a hole: of a hole, whose blocks are many and take no room,
   * every other one can be what differs, and the target notes each until its zeros come.
   */
  private static final int MAX_BLOCKS = 1 << 21;

  /**
   * What needs no verdict only waits to be written, and the less of it, the better it is cached.
   */
  private static final int MAX_PLAIN_CHUNKS = 4;

  /** What is read at once. */
  static final int CHUNK_BYTES = Frames.MAX_DATA;

  /** How many messages wait to be written. */
  private static final int MAX_TOLD = 4;

  private static final int MAX_CHUNK_BLOCKS = 1024;

  private static final int MANY_BUFFERS = 16;

  /** What the thread that writes to the peer is to do next. */
  public sealed interface Work {}

  /** Tell these hashes. */
  public record Announce(Hashes hashes) implements Work {}

  /** Send the blocks of this chunk that differ, then give it back with {@link #sent}. */
  public record Send(Chunk chunk) implements Work {}

  /**
   * Write this message.
   *
   * @param body what follows it, or null; given back to who handed it on
   */
  public record Tell(Message message, ByteBuffer body) implements Work {}

  /** All is announced, decided and sent. */
  public record Finished() implements Work {}

  static final HoleFinder.Extent NO_HOLES = new HoleFinder.Extent(false, Long.MAX_VALUE);

  /** What a worker knows of an image, and is told while it claims. */
  interface Claims {
    /** Where the image has holes. */
    HoleFinder.Extent at(long offset);

    /** A chunk, of data or a hole, is claimed: all of them are told, in order, by all workers. */
    default void claimed(Chunk chunk) {}
  }

  private final Geometry geometry;
  private final long hashedBlocks;
  private final int digestLength;
  private final boolean keep;
  private final int chunkBlocks;

  /** Lowered where there is no memory for so many. */
  private int maxBuffers;

  /** Held, before the monitor, by the one worker that claims a chunk. */
  private final Object claiming = new Object();

  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
  private final ArrayDeque<Chunk> claimed = new ArrayDeque<>();
  private final ArrayDeque<Chunk> undecided = new ArrayDeque<>();
  private final ArrayDeque<Chunk> differing = new ArrayDeque<>();

  /** Chunks, decided or not, of which hashes of pieces are still to come; or the first one not. */
  private final ArrayDeque<Chunk> awaitingPieces = new ArrayDeque<>();

  private int buffers;
  private int chunks;
  private long blocks;
  private long nextBlock;
  private long announced;
  private long decided;
  private long zeroBlocks;
  private int holders;
  private boolean packed;
  private final ArrayDeque<Tell> told = new ArrayDeque<>();
  private boolean heldBack;
  private boolean hashAll;
  private boolean even;
  private IOException failure;

  /**
   * @param geometry the image, as far as it takes part
   * @param hashedBlocks how many blocks, from the first, are hashed and decided upon; those after
   *     them are the target's to receive in any case
   * @param keep whether blocks are held until their verdict (the source)
   * @param windowBytes how many bytes of blocks may be held, but never less than two chunks; where
   *     there is no memory for that, fewer
   */
  public BlockWindow(
      Geometry geometry, long hashedBlocks, int digestLength, boolean keep, long windowBytes) {
    this.geometry = geometry;
    this.hashedBlocks = hashedBlocks;
    this.digestLength = digestLength;
    this.keep = keep;
    int blockSize = geometry.blockSize();
    this.chunkBlocks = Math.max(1, Math.min(CHUNK_BYTES / blockSize, MAX_CHUNK_BLOCKS));
    this.maxBuffers = (int) Math.max(2, windowBytes / ((long) chunkBlocks * blockSize));
  }

  /** Before the start: blocks that need no verdict are hashed, too, though not announced. */
  public void hashAll() {
    hashAll = true;
  }

  /**
   * Before the start: chunks of common blocks begin and end where those of another image do, but
   * for holes, which are as long as several. What of a hole is no whole chunk is read.
   */
  synchronized void cutEvenly() {
    even = true;
  }

  /** For a worker, where nothing is known of holes. */
  public Chunk claim() throws InterruptedException {
    return claim(offset -> NO_HOLES);
  }

  /**
   * For a worker: the next chunk to fill; null when there is none left or the session failed. Holes
   * need no filling and are passed over.
   */
  Chunk claim(Claims claims) throws InterruptedException {
    Chunk chunk;
    synchronized (claiming) {
      do {
        if (!awaitRoom()) {
          return null;
        }
        // The disk may be asked, so without the monitor: who reads from the peer never waits.
        chunk = nextChunk(claims.at(geometry.offset(nextBlock)));
        if (!chunk.ready && !findBuffer(chunk)) {
          continue;
        }
        add(chunk);
        claims.claimed(chunk);
      } while (chunk.ready || chunk.bytes == null);
    }
    chunk.bytes.clear().limit((int) chunk.length());
    return chunk;
  }

  /**
   * Finds a buffer for a chunk, before it is claimed: one that is claimed without could wait for a
   * buffer of a later one, which in turn waits for it to be announced.
   *
   * @return false if there is no memory for one more, so that others are to be waited for
   */
  private boolean findBuffer(Chunk chunk) {
    synchronized (this) {
      chunk.bytes = free.poll();
      if (chunk.bytes != null) {
        return true;
      }
      buffers++;
    }
    try {
      chunk.bytes = DirectBuffers.allocate(bufferBytes());
      return true;
    } catch (OutOfMemoryError e) {
      lackMemory(e);
      return false;
    }
  }

  private synchronized void lackMemory(OutOfMemoryError e) {
    buffers--;
    maxBuffers = buffers;
    Log.debug("a window of " + buffers + " buffers: " + e.getMessage());
    if (buffers == 0) {
      int block = geometry.blockSize();
      String smaller = block > CHUNK_BYTES ? "choose a smaller --block, or " : "";
      fail(
          new IOException(
              "not enough memory for "
                  + Math.max(block, bufferBytes())
                  + " bytes at once, in blocks of "
                  + block
                  + ": "
                  + smaller
                  + "raise the limit, such as with IBLOCKSYNC_JAVA_OPTS=-XX:MaxDirectMemorySize=1g ("
                  + e.getMessage()
                  + ")",
              e));
    }
  }

  /** How long a chunk is at most. */
  int bufferBytes() {
    return (int) Math.min((long) chunkBlocks * geometry.blockSize(), geometry.size());
  }

  /** Before the start: a buffer that is there already. */
  synchronized void give(ByteBuffer buffer) {
    free.push(buffer);
    buffers++;
  }

  private synchronized boolean awaitRoom() throws InterruptedException {
    while (failure == null && nextBlock < endBlock() && !hasRoom()) {
      wait();
    }
    return failure == null && nextBlock < endBlock();
  }

  private synchronized void add(Chunk chunk) {
    nextBlock += chunk.blocks();
    claimed.add(chunk);
    chunks++;
    blocks += chunk.blocks();
    if (chunk.ready) {
      zeroBlocks += chunk.blocks();
      notifyAll();
    }
  }

  /**
   * Whether who writes to the peer does better to wait some milliseconds before it looks for more
   * to announce: each announcement wakes some ten threads on its way to the verdict. Not for the
   * first blocks nor for the last ones, and not where a few blocks fill the window, or where a
   * packing thread waits for each of its messages to be written.
   */
  public synchronized boolean isGathering() {
    return !packed && announced > 0 && nextBlock < hashedBlocks && maxBuffers >= MANY_BUFFERS;
  }

  /** Whether a chunk's blocks are among those that are decided upon. */
  boolean isCompared(Chunk chunk) {
    return chunk.firstBlock() < hashedBlocks;
  }

  /** From a worker: the chunk is filled, and hashed or compared. */
  public synchronized void ready(Chunk chunk) {
    chunk.ready = true;
    zeroBlocks += chunk.zero().cardinality();
    if (!keep || chunk.allZero()) {
      release(chunk);
    }
    notifyAll();
  }

  /**
   * What is to be written to the peer next.
   *
   * @return null if there is nothing at the moment, which is when to flush
   * @throws IOException what {@link #fail} was told
   */
  public synchronized Work poll() throws IOException {
    if (failure != null) {
      throw failure;
    }
    Hashes hashes = nextHashes();
    if (hashes != null) {
      return new Announce(hashes);
    }
    Tell tell = told.poll();
    if (tell != null) {
      notifyAll();
      return tell;
    }
    Chunk chunk = differing.peek();
    if (chunk != null && !packed) {
      return new Send(chunk);
    }
    return nextBlock == endBlock() && chunks == 0 && holders == 0 ? new Finished() : null;
  }

  /** As {@link #poll}, but waits until there is something. */
  public synchronized Work take() throws IOException, InterruptedException {
    Work work = poll();
    while (work == null) {
      wait();
      work = poll();
    }
    return work;
  }

  /**
   * As {@link #take}, but no longer than this.
   *
   * @return null if there was nothing for so long
   */
  public synchronized Work take(long millis) throws IOException, InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    Work work = poll();
    while (work == null) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return null;
      }
      wait(left);
      work = poll();
    }
    return work;
  }

  /**
   * Before the start: differing chunks are not to be sent as they are; a packing thread takes them
   * with {@link #takeDiffering}.
   */
  public synchronized void pack() {
    packed = true;
  }

  /**
   * From the packing thread: the next chunk with blocks that differ, to be given back with {@link
   * #sent} when all of it has been handed on with {@link #tell}.
   *
   * @return null if there will be none any more or the session has failed
   */
  public synchronized Chunk takeDiffering() throws InterruptedException {
    while (failure == null
        && (differing.isEmpty() || differing.peek().piecesMissing() >= 0)
        && !(nextBlock == endBlock() && chunks == 0)) {
      wait();
    }
    return failure == null ? differing.peek() : null;
  }

  /**
   * Hands a message to the thread that writes; waits while {@link #MAX_TOLD} are on their way. Not
   * for the thread that reads from the peer.
   *
   * @throws IOException what {@link #fail} was told
   */
  public synchronized void tell(Message message, ByteBuffer body)
      throws IOException, InterruptedException {
    while (failure == null && told.size() >= MAX_TOLD) {
      wait();
    }
    if (failure != null) {
      throw failure;
    }
    told.add(new Tell(message, body));
    notifyAll();
  }

  /** From the thread that writes: the chunk that {@link Send} named is on its way. */
  public synchronized void sent(Chunk chunk) {
    differing.remove();
    drop(chunk);
  }

  /**
   * From the thread that reads: verdicts, in block order, on blocks whose hashes were announced.
   */
  public synchronized void decide(Verdicts verdicts) throws ProtocolException {
    if (verdicts.first() != decided) {
      throw new ProtocolException(
          "VERDICTS on blocks from " + verdicts.first() + ", expected from " + decided);
    }
    for (int run : verdicts.runs()) {
      decide(run);
    }
    moveDecided();
    notifyAll();
  }

  /** From the thread that reads: hashes of pieces, of the blocks that verdicts asked for. */
  public synchronized void pieces(Pieces pieces) throws ProtocolException {
    Chunk chunk = awaitingPieces.peek();
    while (chunk != null && chunk.piecesMissing() < 0 && chunk.decided == chunk.blocks()) {
      awaitingPieces.remove();
      chunk = awaitingPieces.peek();
    }
    if (chunk == null || chunk.piecesMissing() < 0) {
      throw new ProtocolException("PIECES of block " + pieces.block() + ", expected none");
    }
    chunk.takePieces(pieces);
    notifyAll();
  }

  /** How many blocks' hashes have been announced. */
  public synchronized long announced() {
    return announced;
  }

  /** How many of the blocks so far hold nothing but zeros. */
  public synchronized long zeroBlocks() {
    return zeroBlocks;
  }

  /** Waits until so many blocks' hashes have been announced. */
  public synchronized void awaitAnnounced(long blocks) throws IOException, InterruptedException {
    while (failure == null && announced < blocks) {
      wait();
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Puts off {@link Finished} until as many calls of {@link #letGo}, for work that goes on beside
   * the window.
   */
  public synchronized void holdOpen() {
    holders++;
  }

  public synchronized void letGo() {
    holders--;
    notifyAll();
  }

  /** While this is set no more hashes are announced, and so, when it is full, none are formed. */
  public synchronized void holdBack(boolean hold) {
    if (heldBack != hold) {
      heldBack = hold;
      notifyAll();
    }
  }

  /** Whether the session has failed, so that nobody needs its blocks any more. */
  public synchronized boolean hasFailed() {
    return failure != null;
  }

  /** Ends the session for all who wait here; the first failure counts. */
  public synchronized void fail(IOException cause) {
    if (failure == null) {
      failure = cause;
    }
    notifyAll();
  }

  private long endBlock() {
    return keep ? geometry.blocks() : hashedBlocks;
  }

  private boolean hasRoom() {
    int most = nextBlock < hashedBlocks ? MAX_CHUNKS : MAX_PLAIN_CHUNKS;
    return chunks < most && blocks < MAX_BLOCKS && (!free.isEmpty() || buffers < maxBuffers);
  }

  private Chunk nextChunk(HoleFinder.Extent extent) {
    boolean hashed = nextBlock < hashedBlocks;
    long end = hashed ? hashedBlocks : endBlock();
    boolean whole = even && hashed;
    if (extent.hole()) {
      int blocks = (int) Math.min(Chunk.MAX_HOLE_BLOCKS, wholeBlocks(extent.end(), end));
      if (whole && nextBlock + blocks < end) {
        blocks -= blocks % chunkBlocks;
      }
      if (blocks > 0) {
        Chunk hole =
            Chunk.hole(nextBlock, blocks, geometry.blockSize(), length(blocks), hashed || hashAll);
        hole.ready = true;
        return hole;
      }
      end = whole ? end : Math.min(end, nextBlock + 1);
    } else if (!whole) {
      end = Math.min(end, new Geometry(extent.end(), geometry.blockSize()).blocks());
    }
    int blocks = (int) Math.min(chunkBlocks, end - nextBlock);
    return new Chunk(
        nextBlock, blocks, geometry.blockSize(), (int) length(blocks), hashed || hashAll);
  }

  /** How many blocks lie before a position, up to the block {@code end}. */
  private long wholeBlocks(long position, long end) {
    boolean toTheEnd = position >= geometry.size();
    return (toTheEnd ? end : Math.min(end, position / geometry.blockSize())) - nextBlock;
  }

  /** The bytes in the next blocks. */
  private long length(int blocks) {
    long last = nextBlock + blocks - 1;
    return geometry.offset(last) - geometry.offset(nextBlock) + geometry.length(last);
  }

  private Hashes nextHashes() {
    if (heldBack) {
      return null;
    }
    long first = announced;
    List<HashRun> runs = new ArrayList<>();
    int room = Frames.MAX_BATCH - 8;
    while (!claimed.isEmpty() && claimed.peek().ready) {
      Chunk chunk = claimed.peek();
      if (chunk.firstBlock() < hashedBlocks) {
        room -= chunk.hashBytes(digestLength);
        if (room < 0) {
          break;
        }
        chunk.appendRuns(runs, digestLength);
        announced += chunk.blocks();
      } else {
        chunk.decide(chunk.blocks(), true);
      }
      claimed.remove();
      if (keep) {
        undecided.add(chunk);
        moveDecided();
      } else {
        drop(chunk);
      }
    }
    return runs.isEmpty() ? null : new Hashes(first, runs);
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
      Chunk chunk = undecided.peek();
      int here = Math.min(left, chunk.blocks() - chunk.decided);
      if (Verdicts.byPieces(run)) {
        if (chunk.byPieces == null) {
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
    while (!undecided.isEmpty() && undecided.peek().decided == undecided.peek().blocks()) {
      Chunk chunk = undecided.remove();
      if (chunk.differs == null) {
        drop(chunk);
      } else {
        differing.add(chunk);
        // Who polls may be who moves it here, and who packs waits for it.
        notifyAll();
      }
    }
  }

  private void drop(Chunk chunk) {
    release(chunk);
    chunks--;
    blocks -= chunk.blocks();
    if (chunks == 0 && nextBlock == endBlock()) {
      free.clear(); // What comes after the window may need the memory.
    }
    notifyAll();
  }

  private void release(Chunk chunk) {
    if (chunk.bytes != null) {
      free.push(chunk.bytes);
      chunk.bytes = null;
    }
  }
}
