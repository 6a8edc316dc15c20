package io.iblocksync.receive;

import io.iblocksync.image.MountTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * The places where the system keeps its own. Whoever names a file there means a device that is
 * gone, and would fill the memory instead of the disk.
 */
final class SystemFolders {
  /** Files here are files: a file system in memory, of which its users know that. */
  private static final String SHARED_MEMORY = "/dev/shm";

  private static final String[] FOLDERS = {"/dev", "/proc", "/sys"};

  /** They are mounted elsewhere too, for what runs in a folder as its root. */
  private static final Set<String> TYPES =
      Set.of(
          "bpf",
          "cgroup",
          "cgroup2",
          "configfs",
          "debugfs",
          "devpts",
          "devtmpfs",
          "efivarfs",
          "mqueue",
          "proc",
          "pstore",
          "securityfs",
          "sysfs",
          "tracefs");

  private SystemFolders() {}

  /**
   * Where in the system's own a file is, for a message; null if it is somewhere else.
   *
   * @param place an absolute path without symbolic links; its folder exists
   */
  static String of(Path place) {
    for (String folder : FOLDERS) {
      if (place.startsWith(folder) && !place.startsWith(SHARED_MEMORY)) {
        return "below " + folder;
      }
    }
    try {
      String type = MountTable.typeAt(place.getParent());
      return TYPES.contains(type) ? "in a file system of type " + type : null;
    } catch (IOException e) {
      return null; // The folder has gone, which opening will tell.
    }
  }
}
