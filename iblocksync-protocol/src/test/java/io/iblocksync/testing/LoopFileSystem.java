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
  private final Path medium;

  private LoopFileSystem(Path folder, Path medium) {
    this.folder = folder;
    this.medium = medium;
  }

  /**
   * Makes one and mounts it.
   *
   * @param type tmpfs, ramfs, or one that mkfs can make
   * @param place an existing folder for what is needed
   */
  public static LoopFileSystem of(String type, Path place) throws IOException {
    return of(type, "defaults", place);
  }

  /** The same, mounted with these options. */
  public static LoopFileSystem of(String type, String options, Path place) throws IOException {
    Path folder = Files.createDirectory(place.resolve(type));
    Path image = place.resolve(type + ".img");
    if (type.equals("tmpfs") || type.equals("ramfs")) {
      Commands.need(type, "mount", "-t", type, "-o", options, "none", folder.toString());
    } else {
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.setLength(SIZE);
      }
      Commands.need(type, "mkfs." + type, "-q", image.toString());
      String loop = "loop," + options;
      Commands.need(type, "mount", "-t", type, "-o", loop, image.toString(), folder.toString());
    }
    return new LoopFileSystem(folder, image);
  }

  public Path folder() {
    return folder;
  }

  /** The file in the place of a disk, for those that are on one. */
  public Path medium() {
    return medium;
  }

  @Override
  public void close() throws IOException {
    Commands.run("umount", folder.toString());
  }
}
