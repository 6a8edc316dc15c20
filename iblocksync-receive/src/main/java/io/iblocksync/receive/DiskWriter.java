package io.iblocksync.receive;

import io.iblocksync.image.BlockWindow;
import io.iblocksync.image.ImageType;
import io.iblocksync.protocol.Frames;
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
final class DiskWriter {
  /** Few, and the one that was free last is taken first: what is written is still cached. */
  private static final int BUFFERS = 4;

  private static final int ZEROS_BYTES = 1 << 20;
  private static final int PIECE = 1 << 16;
  private static final Item END = new Item(0, 0, null);

  /** Bytes to write; without a body, zeros. */
  private record Item(long start, long end, ByteBuffer body) {}

  private final Target target;
  private final long newSize;
  private final long oldSize;
  private final BlockWindow window;
  private final ArrayBlockingQueue<Item> queue = new ArrayBlockingQueue<>(16 * BUFFERS);
  private final LinkedBlockingDeque<ByteBuffer> free = new LinkedBlockingDeque<>();
  private int buffers;
  private ByteBuffer zeros;
  private boolean failed;
  private volatile long writtenBytes;

  /**
   * @param oldSize the target's size before the run; a file has only zeros after it
   * @param newSize the source's size
   * @param window is told of a failure, and let go when all is on the medium
   */
  DiskWriter(Target target, long oldSize, long newSize, BlockWindow window) {
    this.target = target;
    this.oldSize = oldSize;
    this.newSize = newSize;
    this.window = window;
    window.holdOpen();
  }

  /** Before the start, if the target cannot be used: all that comes is taken and dropped. */
  void dropAll() {
    failed = true;
  }

  void start() {
    Thread thread = new Thread(this::writeAll, "disk");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * A buffer of {@link Frames#MAX_DATA}, from the reading thread; it comes back with {@link #put}.
   */
  ByteBuffer buffer() throws InterruptedException {
    ByteBuffer buffer = free.poll();
    if (buffer == null && buffers < BUFFERS) {
      buffers++;
      return ByteBuffer.allocateDirect(Frames.MAX_DATA);
    }
    return buffer == null ? free.take() : buffer;
  }

  /** Bytes to write, from the reading thread: all before the buffer's position. */
  void put(long offset, ByteBuffer body) throws InterruptedException {
    body.flip();
    queue.put(new Item(offset, offset + body.limit(), body));
  }

  /** Zeros to write, from the reading thread. */
  void putZeros(long start, long end) throws InterruptedException {
    queue.put(new Item(start, end, null));
  }

  /** All has been put: cut the target to its size and bring everything to the medium. */
  void end() throws InterruptedException {
    queue.put(END);
  }

  /** Bytes written to the target so far. */
  long writtenBytes() {
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
        writtenBytes += target.finish(newSize);
        window.letGo();
      } else if (item.body() == null) {
        writeZeros(item.start(), item.end());
      } else {
        write(item.body(), item.start());
        writtenBytes += item.end() - item.start();
      }
      return true;
    } catch (IOException e) {
      window.fail(e);
    } catch (Throwable e) {
      window.fail(new IOException("internal error: " + e, e));
    }
    return false;
  }

  /** In pieces: a write of more takes larger pages from the cache, which cost more to get. */
  private void write(ByteBuffer body, long start) throws IOException {
    int end = body.limit();
    while (body.position() < end) {
      long offset = start + body.position();
      target.write(body.limit(Math.min(end, body.position() + PIECE)), offset);
    }
  }

  private void writeZeros(long start, long end) throws IOException {
    long until = target.type() != ImageType.BLOCK_DEVICE ? Math.min(end, oldSize) : end;
    if (zeros == null) {
      zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);
    }
    for (long at = start; at < until; ) {
      zeros.clear().limit((int) Math.min(ZEROS_BYTES, until - at));
      target.write(zeros, at);
      at += zeros.limit();
      writtenBytes += zeros.limit();
    }
  }
}
