package io.iblocksync.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A partition that the kernel is told of, without a table on the disk that would say so. */
public final class Partition implements AutoCloseable {
  private static final int SECTOR = 512;
  private static final int FIRST_ENTRY = 446;
  private static final int ENTRY_BYTES = 16;
  private static final byte LINUX = (byte) 0x83;
  private static final short SIGNATURE = (short) 0xaa55;

  private final LoopDevice disk;
  private final int number;

  private Partition(LoopDevice disk, int number) {
    this.disk = disk;
    this.number = number;
  }

  /**
   * A partition of a loop device; the numbers are bytes, multiples of 512.
   *
   * @param number 1 to 4
   */
  public static Partition of(LoopDevice disk, int number, long start, long size)
      throws IOException {
    try (FileChannel device =
        FileChannel.open(disk.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer before = ByteBuffer.allocate(SECTOR);
      device.read(before, 0);
      // partx takes partitions from a table only: there is one for as long as it runs.
      device.write(table(number, start / SECTOR, size / SECTOR), 0);
      device.force(false);
      try {
        Commands.need(
            "partition",
            "partx",
            "--add",
            "--nr",
            Integer.toString(number),
            disk.path().toString());
      } finally {
        device.write(before.flip(), 0);
        device.force(false);
      }
    }
    return new Partition(disk, number);
  }

  /** A master boot record with this partition alone; the numbers are sectors. */
  private static ByteBuffer table(int number, long start, long size) {
    ByteBuffer table = ByteBuffer.allocate(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    int entry = FIRST_ENTRY + (number - 1) * ENTRY_BYTES;
    table.put(entry + 4, LINUX);
    table.putInt(entry + 8, Math.toIntExact(start));
    table.putInt(entry + 12, Math.toIntExact(size));
    return table.putShort(SECTOR - 2, SIGNATURE);
  }

  public Path path() {
    return Path.of(disk.path() + "p" + number);
  }

  @Override
  public void close() throws IOException {
    Commands.run("partx", "--delete", "--nr", Integer.toString(number), disk.path().toString());
  }
}
