package io.iblocksync.image;

import io.iblocksync.protocol.DirectBuffers;
import io.iblocksync.protocol.Frames;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Two images whose endpoints run in one process: chunks of the same blocks meet here, and are
 * compared byte by byte instead of hashed, which is several times as fast and leaves nothing to
 * chance. The chunk that is read first waits for the other one, and keeps its place among those
 * that its side has read ahead; no thread waits.
 *
 * <p>A chunk has no counterpart where the other side has a hole or zeros: it is hashed. So no hash
 * is ever compared with another one, and none decides, however weak it is. That rests on the chunks
 * of both sides having the same bounds, see {@link Chunker}. Which way a chunk goes is known at
 * once, or as soon as the other side comes there:
 *
 * <ul>
 *   <li>a side claims its chunks in order, and says so with {@link Side#claimed} before it reads
 *       them; so it is known of each block whether the other side is past it;
 *   <li>a chunk that the other side has not come to yet waits; if that then claims a hole there,
 *       the waiting chunk is handed to that side's worker, which hashes it alone;
 *   <li>a chunk that the other side is past waits only for one that is still being read.
 * </ul>
 */
public final class LocalPair {
  /** What a chunk belongs to. */
  interface Owner {
    /** Takes a chunk that has been hashed or compared; from any worker. */
    void ready(Chunk chunk);
  }

  /** A chunk that has been read, and who takes it when it is hashed or compared. */
  record Read(Owner owner, Chunk chunk) {}

  private final Side source = new Side();
  private final Side target = new Side();
  private boolean reserved;

  /** For what is written to the target; null before it is reserved, and when it is taken. */
  private ByteBuffer toWrite;

  /** Whether the target has memory to write from. */
  private boolean writing;

  public LocalPair() {
    source.other = target;
    target.other = source;
  }

  /**
   * Takes the memory without which nothing goes on, for both sides, before one of them fills its
   * window and leaves none for the other.
   */
  private void reserve(int bytes) {
    if (!reserved) {
      reserved = true;
      source.first = DirectBuffers.allocate(bytes);
      target.first = DirectBuffers.allocate(bytes);
      if (!writing) {
        toWrite = DirectBuffers.allocate(Frames.MAX_DATA);
      }
    }
  }

  public Side source() {
    return source;
  }

  public Side target() {
    return target;
  }

  /** One of the two images. Safe for use by several threads. */
  public final class Side {
    private Side other;

    /** How many blocks, from the first, are claimed. */
    private long claimed;

    /** The first blocks of chunks that are being read. */
    private final Set<Long> reading = new HashSet<>();

    /** Chunks that wait for the other side's, by their first block. */
    private final NavigableMap<Long, Read> waiting = new TreeMap<>();

    /** For what is read first; null before it is reserved, and when it is taken. */
    private ByteBuffer first;

    private Side() {}

    /**
     * Memory to read blocks into. For the first of them there is memory even if the other side
     * takes all that is left.
     */
    ByteBuffer buffer(int bytes) {
      synchronized (LocalPair.this) {
        reserve(bytes);
        ByteBuffer taken = first;
        first = null;
        if (taken != null && taken.capacity() >= bytes) {
          return taken;
        }
      }
      return DirectBuffers.allocate(bytes);
    }

    /** The same, of {@link Frames#MAX_DATA} bytes, to write to the target from. */
    public ByteBuffer writeBuffer() {
      synchronized (LocalPair.this) {
        ByteBuffer taken = toWrite;
        toWrite = null;
        writing = true;
        return taken == null ? DirectBuffers.allocate(Frames.MAX_DATA) : taken;
      }
    }

    boolean isSource() {
      return this == source;
    }

    /**
     * Notes that the next chunk is claimed, to be read unless it is a hole; called in block order.
     *
     * @return the other side's chunks that will find no counterpart any more: to be hashed alone
     */
    List<Read> claimed(Chunk chunk) {
      synchronized (LocalPair.this) {
        long first = chunk.firstBlock();
        claimed = first + chunk.blocks();
        if (!chunk.isHole()) {
          reading.add(first);
          return List.of();
        }
        Map<Long, Read> inHole = other.waiting.subMap(first, claimed);
        List<Read> alone = List.copyOf(inHole.values());
        inHole.clear();
        return alone;
      }
    }

    /**
     * Takes a chunk that has been read and is not all zeros.
     *
     * @return its counterpart, to be compared now; itself if it is to be hashed alone; or null if
     *     it waits
     */
    Read read(Read read) {
      synchronized (LocalPair.this) {
        long first = read.chunk.firstBlock();
        reading.remove(first);
        Read counterpart = other.waiting.remove(first);
        if (counterpart != null) {
          return counterpart;
        }
        if (other.claimed <= first || other.reading.contains(first)) {
          waiting.put(first, read);
          return null;
        }
        return read;
      }
    }

    /**
     * Notes that a chunk turned out to be nothing but zeros, and is not to be compared.
     *
     * @return the other side's chunk that waited for it and is to be hashed alone; null for none
     */
    Read readZeros(Chunk chunk) {
      synchronized (LocalPair.this) {
        reading.remove(chunk.firstBlock());
        return other.waiting.remove(chunk.firstBlock());
      }
    }
  }
}
