package io.iblocksync.receive.guard;

import io.iblocksync.linux.MountTable;
import io.iblocksync.linux.SystemFiles;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The places where the system keeps its own. Whoever names a file there means a device that is
 * gone, and would fill the memory instead of the disk.
 */
public final class SystemDirectories {
  /** Files here are files: a file system in memory, of which its users know that. */
  private static final String SHARED_MEMORY = "/dev/shm";

  private static final String[] FOLDERS = {"/dev", "/proc", "/sys"};

  /** Nodes of devices, and no files, belong there; it is mounted elsewhere too. */
  private static final String DEVICES = "devtmpfs";

  private SystemDirectories() {}

  /**
   * Where in the system's own a file is, for a message; null if it is somewhere else.
   *
   * @param place an absolute path without symbolic links; its folder exists
   */
  public static String of(Path place) {
    for (String folder : FOLDERS) {
      if (place.startsWith(folder) && !place.startsWith(SHARED_MEMORY)) {
        return "below " + folder;
      }
    }
    try {
      String type = MountTable.typeAt(place.getParent());
      return SystemFiles.isType(type) || type.equals(DEVICES)
          ? "in a file system of type " + type
          : null;
    } catch (IOException e) {
      return null; // The folder has gone, which opening will tell.
    }
  }
}
