package io.iblocksync.receive.guard;

import io.iblocksync.linux.MountTable;
import io.iblocksync.linux.SystemFiles;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The directories of the system's own file systems. A user who names a file there means a device
 * that is gone, and the file would fill the memory instead of the disk.
 */
public final class SystemDirectories {
  /** Files here are real files: a file system in memory, as its users know. */
  private static final String SHARED_MEMORY = "/dev/shm";

  private static final String[] DIRECTORIES = {"/dev", "/proc", "/sys"};

  /** For nodes of devices, not for files; it can be mounted elsewhere, too. */
  private static final String DEVICES = "devtmpfs";

  private SystemDirectories() {}

  /**
   * In which of the system's own directories a file is, for a message; null if in none.
   *
   * @param place an absolute path without symbolic links; its directory exists
   */
  public static String of(Path place) {
    for (String directory : DIRECTORIES) {
      if (place.startsWith(directory) && !place.startsWith(SHARED_MEMORY)) {
        return "below " + directory;
      }
    }
    try {
      String type = MountTable.typeAt(place.getParent());
      return SystemFiles.isType(type) || type.equals(DEVICES)
          ? "in a file system of type " + type
          : null;
    } catch (IOException e) {
      return null; // The directory is gone; open() will report it.
    }
  }
}
