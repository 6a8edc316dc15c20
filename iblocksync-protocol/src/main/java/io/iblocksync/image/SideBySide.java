package io.iblocksync.image;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Two images whose endpoints run in one process: chunks of the same blocks meet here, and are
 * compared byte by byte instead of hashed, which is several times as fast and leaves nothing to
 * chance. The one that is read first waits, in its own window, for the other; no thread does.
 *
 * <p>What has no counterpart is hashed, on both sides: where one has a hole or zeros, or begins or
 * ends elsewhere. Each chunk is either met by its counterpart or told to be hashed alone, and so is
 * then the counterpart, whichever comes first:
 *
 * <ul>
 *   <li>a side claims its chunks in order, and says so with {@link Side#claimed} before it reads
 *       them; so it is known of each block whether the other side is past it;
 *   <li>a chunk that the other side has not come to yet waits; if the other side then claims other
 *       blocks there, the waiting chunk is given back to be hashed alone;
 *   <li>a chunk that the other side is past waits only for just the same chunk, still being read.
 * </ul>
 */
public final class SideBySide {
  /** A chunk that has been read, and the window that it is to be made ready in. */
  record Read(BlockWindow window, Chunk chunk) {}

  private final Side source = new Side();
  private final Side target = new Side();

  public SideBySide() {
    source.other = target;
    target.other = source;
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

    /** Chunks that are being read, by their first block. */
    private final Map<Long, Chunk> reading = new HashMap<>();

    /** Chunks that wait for the other side's. */
    private final NavigableMap<Long, Read> waiting = new TreeMap<>();

    private Side() {}

    boolean isSource() {
      return this == source;
    }

    /**
     * Notes that the next chunk is claimed, to be read unless it is a hole; called in block order.
     *
     * @return the other side's chunks that will find no counterpart any more: to be hashed alone
     */
    List<Read> claimed(Chunk chunk) {
      synchronized (SideBySide.this) {
        long first = chunk.firstBlock();
        claimed = first + chunk.blocks();
        if (!chunk.ready) {
          reading.put(first, chunk);
        }
        List<Read> alone = null;
        Map.Entry<Long, Read> next = other.waiting.ceilingEntry(first);
        while (next != null && next.getKey() < claimed) {
          Read read = next.getValue();
          next = other.waiting.higherEntry(next.getKey());
          if (chunk.ready || !same(read.chunk, chunk)) {
            other.waiting.remove(read.chunk.firstBlock());
            alone = alone == null ? new ArrayList<>() : alone;
            alone.add(read);
          }
        }
        return alone == null ? List.of() : alone;
      }
    }

    /**
     * Takes a chunk that has been read and is not all zeros.
     *
     * @return its counterpart, to be compared now; itself if it is to be hashed alone; or null if
     *     it waits
     */
    Read read(Read read) {
      synchronized (SideBySide.this) {
        Chunk chunk = read.chunk;
        reading.remove(chunk.firstBlock());
        Read counterpart = other.waiting.get(chunk.firstBlock());
        if (counterpart != null && same(counterpart.chunk, chunk)) {
          return other.waiting.remove(chunk.firstBlock());
        }
        if (other.claimed <= chunk.firstBlock()
            || same(other.reading.get(chunk.firstBlock()), chunk)) {
          waiting.put(chunk.firstBlock(), read);
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
      synchronized (SideBySide.this) {
        reading.remove(chunk.firstBlock());
        return other.waiting.remove(chunk.firstBlock());
      }
    }
  }

  private static boolean same(Chunk one, Chunk other) {
    return one != null
        && one.firstBlock() == other.firstBlock()
        && one.blocks() == other.blocks()
        && one.length() == other.length();
  }
}
