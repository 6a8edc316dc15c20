package io.iblocksync.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * Which file or block device something is, whatever path leads to it, and in whatever mount
 * namespace.
 *
 * @param device null for a file
 * @param fileSystem the number of a file's file system, as {@code stat} has it; 0 for a device
 * @param inode the number of a file there; 0 for a device
 */
record FileId(BlockDevice device, long fileSystem, long inode) {
  /**
   * What is at a path; null if nothing is.
   *
   * @throws IOException if it cannot be an image, or if the system does not say
   */
  static FileId of(Path path) throws IOException {
    return switch (ImageType.of(path)) {
      case FILE -> {
        Map<String, Object> file = Files.readAttributes(path, "unix:dev,ino");
        yield new FileId(null, (Long) file.get("dev"), (Long) file.get("ino"));
      }
      case BLOCK_DEVICE -> of(BlockDevice.at(path));
      case MISSING -> null;
    };
  }

  static FileId of(BlockDevice device) {
    return new FileId(device, 0, 0);
  }

  /** A name that nothing else of this kernel has. */
  String name() {
    return device == null ? "file " + fileSystem + " " + inode : "device " + device.number();
  }

  /** The same as a record's own equals, for which Java would load a hundred classes. */
  @Override
  public boolean equals(Object other) {
    return other instanceof FileId id
        && Objects.equals(device, id.device)
        && fileSystem == id.fileSystem
        && inode == id.inode;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(inode);
  }
}
