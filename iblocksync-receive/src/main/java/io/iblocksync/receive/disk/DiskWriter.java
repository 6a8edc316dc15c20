package io.iblocksync.receive.disk;

import io.iblocksync.program.Tasks;
import io.iblocksync.protocol.DirectBuffers;
import io.iblocksync.protocol.Frames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.function.Consumer;

/**
 * Writes received blocks to the target on a thread of its own, in the order in which they came. Its
 * queue is bounded in bytes and entries; when it is full, the thread that reads from the
 * coordinator waits, for the disk only: after a failure the disk's thread goes on taking, and drops
 * what it takes.
 */
public final class DiskWriter {
  /** Few, and the one that was freed last is taken first: it is still in the CPU's cache. */
  private static final int BUFFERS = 4;

  private static final Item END = new Item(0, 0, null);

  /** Bytes to write; without a body, zeros. */
  private record Item(long start, long end, ByteBuffer body) {}

  private final Target target;
  private final long newSize;
  private final ZeroMaker zeros;
  private final SparseWriter output;
  private final WriteBack writeBack;
  private final ArrayBlockingQueue<Item> queue = new ArrayBlockingQueue<>(16 * BUFFERS);
  private final LinkedBlockingDeque<ByteBuffer> free = new LinkedBlockingDeque<>();

  /** How many buffers there are; changed by the reading thread once this is started. */
  private int buffers;

  /** Lowered where there is no memory for that many. */
  private int maxBuffers = BUFFERS;

  /** Whether nothing more comes; for the disk's thread. */
  private boolean ended;

  private volatile long writtenBytes;

  /**
   * @param zeros makes zeros of parts of the target
   * @param newSize how many bytes the target has when all is done
   */
  public DiskWriter(Target target, ZeroMaker zeros, long newSize) {
    this.target = target;
    this.zeros = zeros;
    this.output = new SparseWriter(target, zeros);
    this.writeBack = new WriteBack(target);
    this.newSize = newSize;
  }

  /**
   * Starts the thread, once the target is open.
   *
   * @param buffer of {@link Frames#MAX_DATA}, the first one to be handed out
   * @param flushed is run on the thread when all is written and on the disk
   * @param failed gets what fails before that is over
   */
  public void start(ByteBuffer buffer, Tasks.Job flushed, Consumer<IOException> failed) {
    free.add(buffer);
    buffers++;
    Tasks.Job job =
        () -> {
          writeAll();
          flushed.run();
        };
    Consumer<IOException> dropRest =
        failure -> {
          failed.accept(failure);
          dropAll();
        };
    Tasks.start("disk", job, dropRest);
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
        maxBuffers = buffers;
      }
    }
    return buffer == null ? free.take() : buffer;
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

  /** All has been put: the target is cut to its size, and all of it flushed to the disk. */
  public void end() throws InterruptedException {
    queue.put(END);
  }

  /** Bytes written to the target so far. */
  public long writtenBytes() {
    return writtenBytes;
  }

  private void writeAll() throws IOException, InterruptedException {
    for (Item item = take(); item != END; item = take()) {
      try {
        write(item);
      } finally {
        putBack(item);
      }
    }
    zeros.discardRest(newSize);
    writtenBytes += target.finish(newSize);
    writeBack.flushed();
  }

  private void write(Item item) throws IOException {
    if (item.body() == null) {
      writtenBytes += zeros.make(item.start(), item.end());
    } else {
      long written = output.write(item.body(), item.start());
      writeBack.wrote(item.start(), item.end(), written);
      writtenBytes += written;
    }
  }

  /** After a failure: whatever still comes is taken, so that the reading thread goes on. */
  private void dropAll() {
    try {
      while (!ended) {
        putBack(take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Item take() throws InterruptedException {
    Item item = queue.take();
    ended = item == END;
    return item;
  }

  private void putBack(Item item) {
    if (item.body() != null) {
      free.addFirst(item.body().clear());
    }
  }
}
