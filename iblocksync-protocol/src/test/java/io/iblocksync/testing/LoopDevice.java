package io.iblocksync.testing;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** A loop device over a file. A test is skipped where there is none to be had. */
public final class LoopDevice implements AutoCloseable {
  private final Path path;

  private LoopDevice(String path) {
    this.path = Path.of(path);
  }

  /** A device over an existing file. */
  public static LoopDevice over(Path file) {
    return new LoopDevice(
        Commands.need("loop device", "losetup", "--find", "--show", file.toString()));
  }

  /**
   * A device over an existing file that is attached in a mount namespace that has ended by now,
   * where the file's folder stood at another place.
   */
  public static LoopDevice inOtherNamespace(Path file, Path otherFolder) {
    String script = "mount --bind \"$1\" \"$2\" && exec losetup --find --show \"$2/$3\"";
    return new LoopDevice(
        Commands.need(
            "mount namespace",
            "unshare",
            "--mount",
            "sh",
            "-c",
            script,
            "sh",
            file.getParent().toString(),
            otherFolder.toString(),
            file.getFileName().toString()));
  }

  /** A device over an existing file, by another name of it that is no UTF-8. */
  public static LoopDevice byOddName(Path file) {
    String script =
        "odd=$(printf 'odd\\351') && cd \"${1%/*}\" && ln \"$1\" \"$odd\" &&"
            + " exec losetup --find --show \"$odd\"";
    return new LoopDevice(Commands.need("loop device", "sh", "-c", script, "sh", file.toString()));
  }

  /** A device over an existing file, that can have partitions. */
  public static LoopDevice disk(Path file) {
    return new LoopDevice(
        Commands.need("loop device", "losetup", "--partscan", "--find", "--show", file.toString()));
  }

  /** A device over an existing file, that cannot be written to. */
  public static LoopDevice readOnly(Path file) {
    return new LoopDevice(
        Commands.need(
            "loop device", "losetup", "--read-only", "--find", "--show", file.toString()));
  }

  /** A device over so many bytes of an existing file; the numbers are multiples of 512. */
  public static LoopDevice overPart(Path file, long offset, long size) {
    return new LoopDevice(
        Commands.need(
            "loop device",
            "losetup",
            "--offset=" + offset,
            "--sizelimit=" + size,
            "--find",
            "--show",
            file.toString()));
  }

  /** A device of so many zero bytes, a multiple of 512, over a sparse file that is made for it. */
  public static LoopDevice ofSize(Path file, long size) throws IOException {
    try (RandomAccessFile backing = new RandomAccessFile(file.toFile(), "rw")) {
      backing.setLength(size);
    }
    return over(file);
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    Commands.run("losetup", "--detach", path.toString());
  }
}
