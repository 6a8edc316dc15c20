package io.iblocksync.image;

import io.iblocksync.program.Log;
import io.iblocksync.protocol.DirectBuffers;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The chunks of an image on their way from the worker threads, which read and hash them in any
 * order, to one consumer, which takes them in the order of the image and releases them.
 *
 * <p>Bounded in bytes (buffers) and in entries (chunks and blocks), so that chunks of zeros, which
 * keep no buffer, cannot pile up either. When a bound is reached the workers wait, and nobody else
 * does.
 *
 * <p>Locks: {@link #lock} guards all state and is held for moments only: nothing is read, allocated
 * or called under it. {@link #claiming} is taken before it, by the one worker that claims a chunk.
 * A caller may hold a lock of its own, but takes none while it holds these.
 */
public final class ReadAhead {
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

  /** What a worker knows of the image that it claims chunks of. */
  interface Claims {
    /** Finds out what the image holds at a position; may ask the disk. */
    Extent at(long offset);

    /** Is called for each chunk in the order of the image, whichever worker claims it. */
    default void claimed(Chunk chunk) {}
  }

  private final ReadPlan plan;
  private final Chunker chunker;
  private final int digestLength;
  private final Runnable frontReady;

  private final Object claiming = new Object();
  private final ReentrantLock lock = new ReentrantLock();

  /** There is space for a chunk, or the end has come. For the worker that claims. */
  private final Condition space = lock.newCondition();

  /** The first chunk is ready, or the end has come. For a consumer that waits here. */
  private final Condition ready = lock.newCondition();

  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();

  /** Chunks that are claimed and not yet taken, in the order of the image. */
  private final ArrayDeque<Chunk> claimed = new ArrayDeque<>();

  private int buffers;

  /** Lowered where there is no memory for that many. */
  private int maxBuffers;

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
   * @param frontReady is called, by any worker and with no lock held but a worker's own, when the
   *     consumer has something to take; must not wait
   */
  public ReadAhead(ReadPlan plan, Runnable frontReady) {
    this.plan = plan;
    this.frontReady = frontReady;
    this.chunker =
        new Chunker(plan.geometry(), plan.commonBlocks(), plan.side() != null, plan.hashAll());
    this.digestLength = plan.algorithm().length();
    long chunkBytes = (long) chunker.chunkBlocks() * plan.geometry().blockSize();
    this.maxBuffers = (int) Math.max(2, plan.windowBytes() / chunkBytes);
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
    synchronized (claiming) {
      while (awaitSpace()) {
        Extent extent = claims.at(plan.geometry().offset(nextBlock));
        Chunk chunk = chunker.chunk(nextBlock, extent);
        // Found before the chunk is claimed: a chunk without a buffer could wait for that of a
        // later chunk, which in turn waits for its turn to be announced.
        if (chunk.isHole() || findBuffer(chunk)) {
          add(chunk);
          claims.claimed(chunk);
          return chunk;
        }
      }
      return null;
    }
  }

  private boolean awaitSpace() throws InterruptedException {
    lock.lock();
    try {
      while (failure == null && !allClaimed() && !hasSpace()) {
        space.await();
      }
      return failure == null && !allClaimed();
    } finally {
      lock.unlock();
    }
  }

  /** Returns false if there is no memory for one more, so that others must be waited for. */
  private boolean findBuffer(Chunk chunk) throws IOException {
    ByteBuffer buffer = freeBuffer();
    if (buffer == null) {
      try {
        buffer = allocate();
      } catch (OutOfMemoryError e) {
        lackMemory(e);
        return false;
      }
    }
    chunk.fill(buffer);
    return true;
  }

  /** Returns null if a buffer is to be allocated, which is counted already. */
  private ByteBuffer freeBuffer() {
    lock.lock();
    try {
      ByteBuffer buffer = free.poll();
      if (buffer == null) {
        buffers++;
      }
      return buffer;
    } finally {
      lock.unlock();
    }
  }

  private ByteBuffer allocate() {
    assert !lock.isHeldByCurrentThread();
    int bytes = chunker.maxBytes();
    LocalPair.Side side = plan.side();
    // A longer block is what does not fit next to the other side's.
    return side == null || bytes > Chunker.CHUNK_BYTES
        ? DirectBuffers.allocate(bytes)
        : side.buffer(bytes);
  }

  private void lackMemory(OutOfMemoryError e) throws IOException {
    int left;
    lock.lock();
    try {
      buffers--;
      maxBuffers = buffers;
      left = buffers;
    } finally {
      lock.unlock();
    }
    Log.debug("a window of " + left + " buffers: " + e.getMessage());
    if (left == 0) {
      int block = plan.geometry().blockSize();
      String smaller = block > Chunker.CHUNK_BYTES ? "choose a smaller --block, or " : "";
      throw new IOException(
          "not enough memory for "
              + Math.max(block, chunker.maxBytes())
              + " bytes at once, in blocks of "
              + block
              + ": "
              + smaller
              + "raise the limit, such as with IBLOCKSYNC_JAVA_OPTS=-XX:MaxDirectMemorySize=1g ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  private void add(Chunk chunk) {
    assert Thread.holdsLock(claiming);
    lock.lock();
    try {
      nextBlock += chunk.blocks();
      chunks++;
      blocks += chunk.blocks();
      claimed.add(chunk);
    } finally {
      lock.unlock();
    }
    if (chunk.isHole()) {
      ready(chunk);
    }
  }

  /** From a worker: the chunk is read, and hashed or compared. */
  void ready(Chunk chunk) {
    int zeros = chunk.isHole() ? chunk.blocks() : chunk.zero().cardinality();
    boolean front;
    lock.lock();
    try {
      chunk.ready = true;
      zeroBlocks += zeros;
      if (!plan.keep() || chunk.allZero()) {
        takeBuffer(chunk);
      }
      front = claimed.peek() == chunk;
      if (front) {
        ready.signal();
      }
    } finally {
      lock.unlock();
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
        chunk.appendRuns(runs, digestLength);
        announced += chunk.blocks();
      }
      taken.accept(chunk);
    }
    return runs.isEmpty() ? null : new Hashes(first, runs);
  }

  private List<Chunk> takeReady() {
    List<Chunk> batch = new ArrayList<>();
    int left = Frames.MAX_BATCH - Long.BYTES;
    lock.lock();
    try {
      for (Chunk next = claimed.peek(); next != null && next.ready; next = claimed.peek()) {
        left -= next.common() ? next.hashBytes(digestLength) : 0;
        if (left < 0) {
          break;
        }
        batch.add(claimed.remove());
      }
    } finally {
      lock.unlock();
    }
    return batch;
  }

  /**
   * As {@link #nextHashes}, for a consumer that wants nothing but hashes: waits for them, and
   * releases the chunks at once.
   *
   * @return null if there are no more
   * @throws IOException what {@link #fail} was told
   */
  public Hashes takeHashes() throws IOException, InterruptedException {
    Hashes hashes = nextHashes(this::release);
    while (hashes == null && awaitFront()) {
      hashes = nextHashes(this::release);
    }
    return hashes;
  }

  /** Waits until the first chunk is ready; returns false if there is none any more. */
  private boolean awaitFront() throws IOException, InterruptedException {
    lock.lock();
    try {
      while (failure == null && !done() && (claimed.isEmpty() || !claimed.peek().ready)) {
        ready.await();
      }
      if (failure != null) {
        throw failure;
      }
      return !done();
    } finally {
      lock.unlock();
    }
  }

  /** From any thread: nobody needs a chunk any more that was taken; its space becomes free. */
  public void release(Chunk chunk) {
    lock.lock();
    try {
      takeBuffer(chunk);
      chunks--;
      blocks -= chunk.blocks();
      if (done()) {
        free.clear(); // What comes next in this process may need the memory.
        ready.signalAll();
      }
      space.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * For the consumer: whether more hashes are on their way, so that it can let some gather. Not
   * before the first ones, nor after the last chunk is claimed, nor where a few chunks fill the
   * window.
   */
  public boolean isFlowing() {
    lock.lock();
    try {
      return announced > 0 && chunker.isCommon(nextBlock) && maxBuffers >= MANY_BUFFERS;
    } finally {
      lock.unlock();
    }
  }

  /** How many blocks' hashes have been taken to be announced. */
  public long announced() {
    return announced;
  }

  /** How many of the blocks that were read so far hold nothing but zeros. */
  public long zeroBlocks() {
    lock.lock();
    try {
      return zeroBlocks;
    } finally {
      lock.unlock();
    }
  }

  /** Whether all blocks were read, taken and released. */
  public boolean isDone() {
    lock.lock();
    try {
      return done();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until {@link #isDone}.
   *
   * @throws IOException what {@link #fail} was told
   */
  public void awaitDone() throws IOException, InterruptedException {
    lock.lock();
    try {
      while (failure == null && !done()) {
        ready.await();
      }
      if (failure != null) {
        throw failure;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the reading, whatever waits here; only the first failure counts. */
  public void fail(IOException cause) {
    lock.lock();
    try {
      if (failure == null) {
        failure = cause;
      }
      space.signalAll();
      ready.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean allClaimed() {
    return nextBlock == plan.geometry().blocks();
  }

  private boolean done() {
    return allClaimed() && chunks == 0;
  }

  private boolean hasSpace() {
    int most = chunker.isCommon(nextBlock) ? MAX_CHUNKS : MAX_UNCOMPARED_CHUNKS;
    return chunks < most && blocks < MAX_BLOCKS && (!free.isEmpty() || buffers < maxBuffers);
  }

  private void takeBuffer(Chunk chunk) {
    ByteBuffer buffer = chunk.takeBytes();
    if (buffer != null) {
      free.push(buffer);
      space.signal();
    }
  }
}
