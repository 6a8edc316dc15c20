package io.iblocksync.testing;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of a given type, mounted in a folder. A test is skipped where it cannot be. */
public final class LoopFileSystem implements AutoCloseable {
  /** The smallest that mkfs.xfs makes has 300 MiB. */
  private static final long SIZE = 400L << 20;

  private final Path folder;

  private LoopFileSystem(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes one and mounts it.
   *
   * @param type tmpfs, ramfs, or one that mkfs can make
   * @param place an existing folder for what is needed
   */
  public static LoopFileSystem of(String type, Path place) throws IOException {
    Path folder = Files.createDirectory(place.resolve(type));
    if (type.equals("tmpfs") || type.equals("ramfs")) {
      Commands.need(type, "mount", "-t", type, "none", folder.toString());
    } else {
      Path image = place.resolve(type + ".img");
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.setLength(SIZE);
      }
      Commands.need(type, "mkfs." + type, "-q", image.toString());
      Commands.need(type, "mount", "-t", type, "-o", "loop", image.toString(), folder.toString());
    }
    return new LoopFileSystem(folder);
  }

  public Path folder() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    Commands.run("umount", folder.toString());
  }
}
