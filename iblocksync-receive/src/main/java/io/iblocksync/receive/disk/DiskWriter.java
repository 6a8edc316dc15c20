package io.iblocksync.receive.disk;

import io.iblocksync.image.BlockWindow;
import io.iblocksync.program.Unexpected;
import io.iblocksync.protocol.DirectBuffers;
import io.iblocksync.protocol.Frames;
import io.iblocksync.receive.Verification;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.LinkedBlockingDeque;

/**
 * Writes received blocks to the target on a thread of its own, in the order in which they came. Its
 * queue is bounded in bytes and entries; when it is full, the thread that reads from the
 * coordinator waits. After a failure it goes on taking and drops what it takes, so that this wait
 * always ends.
 */
public final class DiskWriter {
  /** Few, and the one that was free last is taken first: what is written is still cached. */
  private static final int BUFFERS = 4;

  private static final Item END = new Item(0, 0, null);

  /** Bytes to write; without a body, zeros. */
  private record Item(long start, long end, ByteBuffer body) {}

  private final Target target;
  private final long newSize;
  private final ZeroMaker zeros;
  private final SparseWriter output;
  private final WriteBack writeBack;
  private final BlockWindow window;
  private final ArrayBlockingQueue<Item> queue = new ArrayBlockingQueue<>(16 * BUFFERS);
  private final LinkedBlockingDeque<ByteBuffer> free = new LinkedBlockingDeque<>();
  private int buffers;

  /** Lowered where there is no memory for so many. */
  private int maxBuffers = BUFFERS;

  private boolean failed;
  private Verification verification;
  private volatile long writtenBytes;

  /**
   * @param zeros makes zeros of parts of the target
   * @param newSize how many bytes the target has when all is done
   * @param window is told of a failure, and let go when all is on the medium
   */
  public DiskWriter(Target target, ZeroMaker zeros, long newSize, BlockWindow window) {
    this.target = target;
    this.zeros = zeros;
    this.output = new SparseWriter(target, zeros);
    this.writeBack = new WriteBack(target);
    this.newSize = newSize;
    this.window = window;
    window.holdOpen();
  }

  /** Before the start: what follows when all is on the medium. */
  public void verify(Verification afterwards) {
    verification = afterwards;
  }

  public void start() {
    Thread thread = new Thread(this::writeAll, "disk");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * A buffer of {@link Frames#MAX_DATA}, from the reading thread; it comes back with {@link #put}.
   */
  public ByteBuffer buffer() throws InterruptedException {
    ByteBuffer buffer = free.poll();
    if (buffer == null && buffers < maxBuffers) {
      try {
        buffer = DirectBuffers.allocate(Frames.MAX_DATA);
        buffers++;
      } catch (OutOfMemoryError e) {
        if (buffers == 0) {
          throw e;
        }
        maxBuffers = buffers;
      }
    }
    return buffer == null ? free.take() : buffer;
  }

  /** Before the start: a buffer of {@link Frames#MAX_DATA} that is there already. */
  public void give(ByteBuffer buffer) {
    free.add(buffer);
    buffers++;
  }

  /** Bytes to write, from the reading thread: all before the buffer's position. */
  public void put(long offset, ByteBuffer body) throws InterruptedException {
    body.flip();
    queue.put(new Item(offset, offset + body.limit(), body));
  }

  /** Zeros to write, from the reading thread. */
  public void putZeros(long start, long end) throws InterruptedException {
    queue.put(new Item(start, end, null));
  }

  /** All has been put: cut the target to its size and bring everything to the medium. */
  public void end() throws InterruptedException {
    queue.put(END);
  }

  /** Bytes written to the target so far. */
  public long writtenBytes() {
    return writtenBytes;
  }

  private void writeAll() {
    try {
      for (Item item = queue.take(); ; item = queue.take()) {
        if (!failed) {
          failed = !attempt(item);
        }
        if (item == END) {
          return;
        }
        if (item.body() != null) {
          item.body().clear();
          free.putFirst(item.body());
        }
      }
    } catch (InterruptedException e) {
      window.fail(new IOException("interrupted", e));
    }
  }

  private boolean attempt(Item item) {
    try {
      if (item == END) {
        zeros.discardRest(newSize);
        writtenBytes += target.finish(newSize);
        writeBack.flushed();
        if (verification != null) {
          verification.run();
        }
        window.letGo();
      } else if (item.body() == null) {
        writtenBytes += zeros.make(item.start(), item.end());
      } else {
        long written = output.write(item.body(), item.start());
        writeBack.wrote(item.start(), item.end(), written);
        writtenBytes += written;
      }
      return true;
    } catch (Throwable e) {
      window.fail(Unexpected.exception(e));
    }
    return false;
  }
}
