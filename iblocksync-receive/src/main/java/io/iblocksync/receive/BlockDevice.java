package io.iblocksync.receive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel knows of a block device. */
final class BlockDevice {
  private BlockDevice() {}

  /**
   * Whether the kernel lets nobody write to a device, as sysfs has it. Opening such a device for
   * writing succeeds all the same, only the first write fails.
   */
  static boolean isReadOnly(Path path) {
    try {
      long device = (Long) Files.getAttribute(path, "unix:rdev");
      long major = (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL);
      long minor = (device & 0xff) | (device >>> 12 & 0xffffff00L);
      return Files.readString(Path.of("/sys/dev/block/" + major + ":" + minor + "/ro"))
          .startsWith("1");
    } catch (IOException e) {
      return false; // No sysfs: then the first write tells.
    }
  }
}
