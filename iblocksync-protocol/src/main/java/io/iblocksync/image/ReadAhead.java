package io.iblocksync.image;

import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The chunks of an image on their way from the worker threads, which read and hash them in any
 * order, to one consumer, which takes them in the order of the image and releases them.
 *
 * <p>Bounded in bytes (buffers) and in entries (chunks and blocks), so that chunks of zeros, which
 * keep no buffer, cannot pile up either. When a bound is reached the workers wait, and nobody else
 * does.
 *
 * <p>Locks: the monitor guards all state. It is held for moments only: nothing is read, allocated
 * or called under it but {@link ReadBuffers}. {@link #claiming} is taken before it, by the one
 * worker that claims a chunk; the disk may be asked under it. A caller may hold a lock of its own,
 * but takes none while it holds these. So at most one worker and one consumer wait here at a time.
 */
public final class ReadAhead implements LocalPair.Owner {
  private static final int MAX_CHUNKS = 1024;

  /**
   * The most blocks that are held. A hole has many and takes no memory; but every other one can
   * differ, and the target notes each of these until its zeros come.
   */
  private static final int MAX_BLOCKS = 1 << 21;

  /**
   * The most chunks past the common blocks. They only wait to be written; few of them, so that they
   * are still in the CPU's cache.
   */
  private static final int MAX_UNCOMPARED_CHUNKS = 4;

  private static final int MANY_BUFFERS = 16;

  private final ReadPlan plan;
  private final Chunker chunker;
  private final ReadBuffers buffers;
  private final Runnable frontReady;
  private final Object claiming = new Object();

  /** Chunks that are claimed and not yet taken, in the order of the image. */
  private final ArrayDeque<Chunk> claimed = new ArrayDeque<>();

  /** How many chunks, and blocks in them, are claimed and not yet released. */
  private int chunks;

  private long blocks;

  /** The first block that is not claimed; changes only under {@link #claiming}, too. */
  private long nextBlock;

  private long zeroBlocks;
  private IOException failure;

  /** Written by the consumer only. */
  private volatile long announced;

  /**
   * @param frontReady is called, by any worker and under none of the locks, when the consumer has
   *     something to take; must not wait
   */
  public ReadAhead(ReadPlan plan, Runnable frontReady) {
    this.plan = plan;
    this.frontReady = frontReady;
    this.chunker =
        new Chunker(plan.geometry(), plan.commonBlocks(), plan.side() != null, plan.hashAll());
    this.buffers = new ReadBuffers(chunker, plan);
  }

  ReadPlan plan() {
    return plan;
  }

  /**
   * For a worker: the next chunk, with a buffer to read it into unless it lies in a hole; waits for
   * space.
   *
   * @return null if there is none left, or the session has failed
   * @throws IOException if there is no memory for even one chunk
   */
  Chunk claim(Claims claims) throws IOException, InterruptedException {
    Chunk chunk = null;
    synchronized (claiming) {
      while (chunk == null && awaitSpace()) {
        Extent extent = claims.at(plan.geometry().offset(nextBlock));
        chunk = withBuffer(chunker.chunk(nextBlock, extent));
      }
      if (chunk == null) {
        return null;
      }
      add(chunk);
      claims.claimed(chunk);
    }
    if (chunk.isHole()) {
      ready(chunk);
    }
    return chunk;
  }

  private synchronized boolean awaitSpace() throws InterruptedException {
    while (failure == null && !allClaimed() && !hasSpace()) {
      wait();
    }
    return failure == null && !allClaimed();
  }

  /**
   * Finds a buffer for a chunk before it is claimed: a chunk without one could wait for that of a
   * later chunk, which in turn waits for its turn to be announced.
   *
   * @return null if others must be waited for
   */
  private Chunk withBuffer(Chunk chunk) throws IOException {
    assert !Thread.holdsLock(this);
    if (!chunk.isHole()) {
      ByteBuffer buffer = buffers.take();
      if (buffer == null) {
        return null;
      }
      chunk.fill(buffer);
    }
    return chunk;
  }

  private synchronized void add(Chunk chunk) {
    assert Thread.holdsLock(claiming);
    nextBlock += chunk.blocks();
    chunks++;
    blocks += chunk.blocks();
    claimed.add(chunk);
  }

  /** From a worker: the chunk is read, and hashed or compared. */
  @Override
  public void ready(Chunk chunk) {
    assert !Thread.holdsLock(claiming);
    int zeros = chunk.isHole() ? chunk.blocks() : chunk.zero().cardinality();
    boolean front;
    synchronized (this) {
      chunk.ready = true;
      zeroBlocks += zeros;
      front = claimed.peek() == chunk;
      boolean free = (!plan.keep() || chunk.allZero()) && takeBuffer(chunk);
      if (front || free) {
        notifyAll();
      }
    }
    if (front) {
      frontReady.run();
    }
  }

  /**
   * For the consumer: takes the chunks that come next in the order of the image and are ready, as
   * many as fit into a frame.
   *
   * @param taken gets each of them; all are to be released in the end
   * @return the hashes of those that are common; null if there are none
   */
  public Hashes nextHashes(Consumer<Chunk> taken) {
    long first = announced;
    List<HashRun> runs = new ArrayList<>();
    for (Chunk chunk : takeReady()) {
      if (chunk.common()) {
        chunk.appendRuns(runs, plan.algorithm().length());
        announced += chunk.blocks();
      }
      taken.accept(chunk);
    }
    return runs.isEmpty() ? null : new Hashes(first, runs);
  }

  private synchronized List<Chunk> takeReady() {
    List<Chunk> batch = new ArrayList<>();
    int left = Frames.MAX_BATCH - Long.BYTES;
    while (isFrontReady()) {
      Chunk next = claimed.peek();
      left -= next.common() ? next.hashBytes(plan.algorithm().length()) : 0;
      if (left < 0) {
        break;
      }
      batch.add(claimed.remove());
    }
    return batch;
  }

  /**
   * As {@link #nextHashes}, but waits for hashes, and releases the chunks at once.
   *
   * @return null if there are no more
   * @throws IOException the failure, if {@link #fail} was called
   */
  public Hashes takeHashes() throws IOException, InterruptedException {
    Hashes hashes = nextHashes(this::release);
    while (hashes == null && awaitFront()) {
      hashes = nextHashes(this::release);
    }
    return hashes;
  }

  /** Waits until the first chunk is ready; returns false if there is none any more. */
  private synchronized boolean awaitFront() throws IOException, InterruptedException {
    while (failure == null && !isDone() && !isFrontReady()) {
      wait();
    }
    check();
    return !isDone();
  }

  /** From any thread: nobody needs a chunk any more that was taken; its space becomes free. */
  public synchronized void release(Chunk chunk) {
    takeBuffer(chunk);
    chunks--;
    blocks -= chunk.blocks();
    if (isDone()) {
      buffers.clear(); // What comes next in this process may need the memory.
    }
    notifyAll();
  }

  /**
   * For the consumer: whether it does well to let hashes gather, for more are on their way. Not
   * before the first ones, nor at the end, nor where a few chunks fill the window.
   */
  public synchronized boolean isFlowing() {
    return announced > 0 && chunker.isCommon(nextBlock) && buffers.max() >= MANY_BUFFERS;
  }

  /** How many blocks' hashes have been taken to be announced. */
  public long announced() {
    return announced;
  }

  /** How many of the blocks that were read so far hold nothing but zeros. */
  public synchronized long zeroBlocks() {
    return zeroBlocks;
  }

  /** Whether all blocks were read, taken and released. */
  public synchronized boolean isDone() {
    return allClaimed() && chunks == 0;
  }

  /**
   * Waits until {@link #isDone}.
   *
   * @throws IOException the failure, if {@link #fail} was called
   */
  public synchronized void awaitDone() throws IOException, InterruptedException {
    while (failure == null && !isDone()) {
      wait();
    }
    check();
  }

  /** Ends the reading, and whatever waits here; only the first failure counts. */
  public synchronized void fail(IOException cause) {
    if (failure == null) {
      failure = cause;
      notifyAll();
    }
  }

  private void check() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  private boolean allClaimed() {
    return nextBlock == plan.geometry().blocks();
  }

  private boolean isFrontReady() {
    Chunk front = claimed.peek();
    return front != null && front.ready;
  }

  private boolean hasSpace() {
    int most = chunker.isCommon(nextBlock) ? MAX_CHUNKS : MAX_UNCOMPARED_CHUNKS;
    return chunks < most && blocks < MAX_BLOCKS && buffers.available();
  }

  /** Returns false if the chunk has no buffer. */
  private boolean takeBuffer(Chunk chunk) {
    ByteBuffer buffer = chunk.takeBytes();
    if (buffer != null) {
      buffers.putBack(buffer);
    }
    return buffer != null;
  }
}
