package io.iblocksync.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * The kernel's own file systems, whose files are made up when they are read. None of them can be an
 * image: their sizes mean nothing, and to read some of them waits for events, or consumes these.
 */
public final class SystemFiles {
  private static final Set<String> TYPES =
      Set.of(
          "binfmt_misc",
          "bpf",
          "cgroup",
          "cgroup2",
          "configfs",
          "debugfs",
          "devpts",
          "efivarfs",
          "fusectl",
          "mqueue",
          "nsfs",
          "proc",
          "pstore",
          "resctrl",
          "rpc_pipefs",
          "securityfs",
          "selinuxfs",
          "smackfs",
          "sysfs",
          "tracefs");

  private SystemFiles() {}

  /** Whether a file system of this type, as the mount table has it, is one of the kernel's own. */
  public static boolean isType(String type) {
    return TYPES.contains(type);
  }

  /**
   * Refuses a file that lies in one of these file systems, by whatever path. Opens nothing but the
   * mount table.
   *
   * @param file symbolic links are followed, such as those of {@code /proc/self/fd}, which lead to
   *     files that can be images
   * @throws ImageException if it does
   */
  public static void refuse(Path file) throws ImageException {
    String type;
    try {
      type = MountTable.typeWithoutDevice(file);
    } catch (IOException e) {
      throw SystemErrors.of(file, e);
    }
    if (isType(type)) {
      throw new ImageException(
          file, "is a file in a file system of type " + type + ", where no image can be", 0);
    }
  }
}
