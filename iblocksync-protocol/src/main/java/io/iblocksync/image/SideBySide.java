package io.iblocksync.image;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Two images whose endpoints run in one process: chunks of the same blocks meet here, and are
 * compared byte by byte instead of hashed, which is several times as fast and leaves nothing to
 * chance. The one that is read first waits, in its own window, for the other; no thread does.
 *
 * <p>What has no counterpart, for the other side has a hole or zeros there, is hashed. So no hash
 * ever meets another one, and none decides, however weak it is: that rests on both sides' chunks
 * having the same bounds, see {@link BlockWindow#cutEvenly}. Which way a chunk goes is known at
 * once, or as soon as the other side comes there:
 *
 * <ul>
 *   <li>a side claims its chunks in order, and says so with {@link Side#claimed} before it reads
 *       them; so it is known of each block whether the other side is past it;
 *   <li>a chunk that the other side has not come to yet waits; if that then claims a hole there,
 *       the waiting chunk is given back to be hashed alone;
 *   <li>a chunk that the other side is past waits only for one that is still being read.
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

    /** The first blocks of chunks that are being read. */
    private final Set<Long> reading = new HashSet<>();

    /** Chunks that wait for the other side's, by their first block. */
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
      synchronized (SideBySide.this) {
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
      synchronized (SideBySide.this) {
        reading.remove(chunk.firstBlock());
        return other.waiting.remove(chunk.firstBlock());
      }
    }
  }
}
