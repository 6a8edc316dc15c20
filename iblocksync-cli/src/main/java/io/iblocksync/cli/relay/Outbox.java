package io.iblocksync.cli.relay;

import io.iblocksync.program.Tasks;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * What is on its way to an endpoint, written by a thread of its own. Bounded in bytes of memory:
 * {@link #put} blocks while it is full. An endpoint that is gone is not reported here: what it said
 * last, or its exit status, is the message.
 *
 * <p>Guarded by this object's monitor, which is taken last: nothing else is called under it. The
 * writing thread writes and flushes without it.
 */
public final class Outbox {
  private static final int MAX_BYTES = 2 << 20;

  /** What an item takes beside its bytes. */
  private static final int ITEM_BYTES = 128;

  private record Item(ByteBuffer bytes, Consumer<ByteBuffer> recycler) {
    /** The memory that it holds, which is what must be bounded. */
    int heldBytes() {
      return ITEM_BYTES + bytes.capacity();
    }
  }

  private final OutputStream out;
  private final int writeBytes;
  private final ArrayDeque<Item> queue = new ArrayDeque<>();
  private volatile long written;
  private int queued;
  private boolean closing;
  private volatile boolean dead;
  private ByteBuffer alive;
  private long aliveMillis;

  /**
   * @param out closed after the last item, or when the outbox is aborted
   * @param writeBytes how many bytes it takes best at once
   */
  public Outbox(OutputStream out, String name, int writeBytes) {
    this.out = out;
    this.writeBytes = writeBytes;
    Tasks.start("write-" + name, this::writeAll);
  }

  /**
   * Enqueues bytes, from any thread; blocks while there is no room.
   *
   * @param bytes a heap buffer; its remaining bytes are written
   * @param recycler gets the buffer when it is written or dropped; may be null
   */
  public void put(ByteBuffer bytes, Consumer<ByteBuffer> recycler) throws InterruptedException {
    if (recycler != null && bytes.remaining() < bytes.capacity() / 4) {
      // A large buffer with little in it would hold up others, or the heap.
      ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
      recycler.accept(bytes);
      put(copy, null);
      return;
    }
    Item item = new Item(bytes, recycler);
    synchronized (this) {
      while (queued >= MAX_BYTES && !dead) {
        wait();
      }
      if (!dead && !closing) {
        queue.add(item);
        queued += item.heldBytes();
        notifyAll();
        return;
      }
    }
    if (recycler != null) {
      recycler.accept(bytes);
    }
  }

  /** Whether nothing waits to be written. */
  synchronized boolean isEmpty() {
    return queue.isEmpty();
  }

  /** How many bytes the endpoint has been given so far. */
  public long written() {
    return written;
  }

  /** From now on sends a sign of life whenever nothing else was sent for so long. */
  synchronized void keepAlive(ByteBuffer frame, long millis) {
    alive = frame;
    aliveMillis = millis;
    notifyAll();
  }

  /** Closes the endpoint's input after what has been put. Does not wait. */
  public synchronized void close() {
    closing = true;
    notifyAll();
  }

  /** Closes the endpoint's input as soon as a write under way returns; the rest is dropped. */
  public synchronized void abort() {
    closing = true;
    dead = true;
    notifyAll();
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread writes
  private void writeAll() {
    try {
      for (Item item = next(); item != null; item = next()) {
        ByteBuffer bytes = item.bytes();
        while (bytes.hasRemaining() && !dead) {
          int length = Math.min(bytes.remaining(), writeBytes);
          out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), length);
          bytes.position(bytes.position() + length);
          written += length;
        }
        if (item.recycler() != null) {
          item.recycler().accept(bytes);
        }
      }
    } catch (IOException | InterruptedException e) {
      abort();
    } finally {
      try {
        out.close();
      } catch (IOException e) {
        // The endpoint is gone: see above.
        abort();
      }
    }
  }

  /** Flushes when, and only when, nothing more is queued. */
  private Item next() throws IOException, InterruptedException {
    boolean flush;
    synchronized (this) {
      flush = queue.isEmpty() && !dead;
    }
    if (flush) {
      out.flush();
    }
    synchronized (this) {
      long since = System.nanoTime();
      while (queue.isEmpty() && !closing) {
        long left = aliveMillis - (System.nanoTime() - since) / 1_000_000;
        if (alive != null && left <= 0) {
          return new Item(alive.duplicate(), null);
        }
        wait(alive == null ? 0 : left);
      }
      if (dead || queue.isEmpty()) {
        return null;
      }
      Item item = queue.remove();
      queued -= item.heldBytes();
      notifyAll();
      return item;
    }
  }
}
