package io.iblocksync.testing;

import java.io.IOException;
import java.nio.file.Path;

/** A partition that the kernel is told of, without a table on the disk that would say so. */
public final class Partition implements AutoCloseable {
  private static final int SECTOR = 512;

  private final LoopDevice disk;
  private final int number;

  private Partition(LoopDevice disk, int number) {
    this.disk = disk;
    this.number = number;
  }

  /** A partition of a loop device; the numbers are bytes, multiples of 512. */
  public static Partition of(LoopDevice disk, int number, long start, long size) {
    Commands.need(
        "partition",
        "addpart",
        disk.path().toString(),
        Integer.toString(number),
        Long.toString(start / SECTOR),
        Long.toString(size / SECTOR));
    return new Partition(disk, number);
  }

  public Path path() {
    return Path.of(disk.path() + "p" + number);
  }

  @Override
  public void close() throws IOException {
    Commands.run("delpart", disk.path().toString(), Integer.toString(number));
  }
}
