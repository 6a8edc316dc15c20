package io.iblocksync.cli.it;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes what a disk holds after its power has failed, from a log of device-mapper's log-writes
 * (Documentation/admin-guide/device-mapper/log-writes.rst of the kernel; the format is told in
 * drivers/md/dm-log-writes.c). That has a write in it when it was flushed, in the order in which
 * the disk ended them. Runs in a {@link Guest}.
 */
final class WriteLog {
  private static final long MAGIC = 0x6a736677736872L;
  private static final int HEADER = 32;
  private static final int FLUSH = 1;
  private static final int FUA = 2;
  private static final int DISCARD = 4;
  private static final int MARK = 8;

  /** So many sectors of a write are kept or lost together. */
  private static final int PIECE = 8;

  private final FileChannel log;
  private final int sectorSize;
  private final List<Entry> entries = new ArrayList<>();
  private int lost;
  private int kept;

  /**
   * A write.
   *
   * @param data where in the log its bytes are
   */
  private record Entry(long sector, long sectors, long flags, long data) {
    boolean is(int flag) {
      return (flags & flag) != 0;
    }
  }

  /** Reads what was logged up to a mark. */
  private WriteLog(FileChannel log, String mark) throws IOException {
    this.log = log;
    ByteBuffer start = read(0, HEADER);
    if (start.getLong(0) != MAGIC || start.getLong(8) != 1) {
      throw new IOException("no log of version 1");
    }
    long count = start.getLong(16);
    sectorSize = start.getInt(24);
    long position = sectorSize;
    for (long i = 0; i < count; i++) {
      ByteBuffer header = read(position, HEADER);
      long data = position + (header.getLong(16) == MARK ? HEADER : sectorSize);
      Entry entry = new Entry(header.getLong(0), header.getLong(8), header.getLong(16), data);
      if (entry.is(MARK)) {
        byte[] text = read(data, (int) header.getLong(24)).array();
        if (new String(text, StandardCharsets.UTF_8).equals(mark)) {
          return;
        }
      } else if (entry.is(DISCARD)) {
        throw new IOException("a discard, which nobody has asked for");
      } else {
        entries.add(entry);
      }
      position += (1 + entry.sectors()) * sectorSize;
    }
    throw new EOFException("no mark " + mark + " among " + count + " entries");
  }

  /**
   * Arguments: the log; the disk, as it was before; the mark up to which the log counts. Then the
   * disk gets what was flushed by then, and nothing else. Two more: after how many percent of the
   * writes the power fails; and a seed, by which pieces of those that were not flushed by then are
   * there or lost.
   */
  public static void main(String[] arguments) throws IOException {
    boolean atRandom = arguments.length > 3;
    int percent = atRandom ? Integer.parseInt(arguments[3]) : 100;
    Random random = atRandom ? new Random(Long.parseLong(arguments[4])) : null;
    try (FileChannel log = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.READ);
        FileChannel disk = FileChannel.open(Path.of(arguments[1]), StandardOpenOption.WRITE)) {
      WriteLog writes = new WriteLog(log, arguments[2]);
      int end = writes.entries.size() * percent / 100;
      writes.replay(end, random, disk);
      System.out.printf(
          "The first %d of %d writes; of what was not flushed %d pieces are lost and %d kept%n",
          end, writes.entries.size(), writes.lost, writes.kept);
    }
  }

  private void replay(int end, Random random, FileChannel disk) throws IOException {
    int flush = end - 1;
    while (flush >= 0 && !entries.get(flush).is(FLUSH)) {
      flush--;
    }
    for (int i = 0; i < end; i++) {
      Entry entry = entries.get(i);
      // A flush that has data is done before these.
      boolean onMedium = i < flush || entry.is(FUA);
      for (long at = 0; at < entry.sectors(); at += PIECE) {
        int sectors = (int) Math.min(PIECE, entry.sectors() - at);
        if (onMedium || isKept(random)) {
          ByteBuffer data = read(entry.data() + at * sectorSize, sectors * sectorSize);
          for (long to = (entry.sector() + at) * sectorSize; data.hasRemaining(); ) {
            to += disk.write(data, to);
          }
        }
      }
    }
    disk.force(true);
  }

  /** Whether a piece of a write that was not flushed is there. */
  private boolean isKept(Random random) {
    boolean isKept = random != null && random.nextBoolean();
    kept += isKept ? 1 : 0;
    lost += isKept ? 0 : 1;
    return isKept;
  }

  private ByteBuffer read(long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (log.read(bytes, position + bytes.position()) < 0) {
        throw new EOFException("the log ends at " + (position + bytes.position()));
      }
    }
    return bytes.flip();
  }
}
