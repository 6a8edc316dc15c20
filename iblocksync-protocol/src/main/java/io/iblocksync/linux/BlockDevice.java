package io.iblocksync.linux;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the kernel tells of a block device in sysfs. Each question is answered afresh; where there
 * is no sysfs, or where it does not tell, the answer is that nothing is known.
 */
public final class BlockDevice {
  private static final Path DEVICES = Path.of("/sys/dev/block");
  private static final Path NODES = Path.of("/dev");
  private static final Path BTRFS = Path.of("/sys/fs/btrfs");
  private static final Path ALL = Path.of("/sys/block");
  private static final int SECTOR = 512;

  private final String number;

  private BlockDevice(String number) {
    this.number = number;
  }

  /** The device that a path, perhaps through symbolic links, leads to. */
  public static BlockDevice at(Path path) throws IOException {
    long device = (Long) Files.getAttribute(path, "unix:rdev");
    return new BlockDevice(number(device));
  }

  /** The device of this number, as {@link #number} has it. */
  public static BlockDevice of(String number) {
    return new BlockDevice(number);
  }

  /** All devices but partitions. */
  static List<BlockDevice> all() {
    return in(ALL, "*");
  }

  /** How the system writes the number of a device, of those that {@code stat} has. */
  public static String number(long device) {
    long major = (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL);
    long minor = (device & 0xff) | (device >>> 12 & 0xffffff00L);
    return major + ":" + minor;
  }

  /** Major and minor number, as in {@code 8:1}. */
  public String number() {
    return number;
  }

  /**
   * The kernel's name, as in {@code sda1}, with the name of a device-mapper device after it; the
   * number if there is none.
   */
  public String name() {
    String name = kernelName();
    String mapped = attribute("dm/name");
    return mapped.isEmpty() ? name : name + " (" + mapped + ")";
  }

  /** The kernel's name, as in {@code sda1}; the number if there is none. */
  String kernelName() {
    try {
      return folder().toRealPath().getFileName().toString().replace('!', '/');
    } catch (IOException e) {
      return number;
    }
  }

  /** Its node in /dev, of the kernel's name; null if it is not there. */
  public Path node() {
    Path node = NODES.resolve(kernelName());
    try {
      return ImageType.of(node) == ImageType.BLOCK_DEVICE && at(node).equals(this) ? node : null;
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * Whether the kernel lets nobody write to it. Opening such a device for writing succeeds all the
   * same, only the first write fails.
   */
  public boolean isReadOnly() {
    return attribute("ro").equals("1");
  }

  /** The disk of which it is a partition; null if it is none. */
  public BlockDevice disk() {
    if (attribute("partition").isEmpty()) {
      return null;
    }
    String disk = read(folder().resolve("../dev"));
    return disk.isEmpty() ? null : new BlockDevice(disk);
  }

  /** Its partitions. */
  public List<BlockDevice> partitions() {
    List<BlockDevice> partitions = new ArrayList<>();
    // What has a number of its own in there is a partition, or no block device at all.
    for (BlockDevice device : in(folder(), "*")) {
      if (!device.attribute("partition").isEmpty()) {
        partitions.add(device);
      }
    }
    return partitions;
  }

  /** The devices that the kernel has built upon it: RAIDs and those of device-mapper. */
  public List<BlockDevice> holders() {
    return in(folder().resolve("holders"), "*");
  }

  /** It, its partitions, and all that is built upon any of these. */
  public Set<BlockDevice> stack() {
    Set<BlockDevice> stack = new LinkedHashSet<>();
    addStack(stack);
    return stack;
  }

  private void addStack(Set<BlockDevice> stack) {
    if (stack.add(this)) {
      partitions().forEach(device -> device.addStack(stack));
      holders().forEach(device -> device.addStack(stack));
    }
  }

  /** The devices upon which it is built. */
  public List<BlockDevice> slaves() {
    return in(folder().resolve("slaves"), "*");
  }

  /** Whether it is a loop device, and attached. */
  boolean isLoop() {
    return Files.isDirectory(folder().resolve("loop"));
  }

  /** Whether it is a RAID of the kernel's. */
  public boolean isRaid() {
    return Files.isDirectory(folder().resolve("md"));
  }

  /** Whether it is one of the devices of a btrfs file system that is mounted somewhere. */
  public boolean isInBtrfs() {
    String name = kernelName().replace('/', '!');
    try (DirectoryStream<Path> systems = Files.newDirectoryStream(BTRFS)) {
      for (Path system : systems) {
        if (Files.exists(system.resolve("devices").resolve(name))) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return false;
    }
    return false;
  }

  /** Its size in bytes. */
  public long size() {
    return count("size") * SECTOR;
  }

  /** Where on its disk a partition begins, in bytes. */
  long start() {
    return count("start") * SECTOR;
  }

  /** A number of sysfs; 0 if there is none. */
  long count(String name) {
    try {
      return Long.parseLong(attribute(name));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** A file of sysfs without its line end; empty if there is none. */
  String attribute(String name) {
    return read(folder().resolve(name));
  }

  private Path folder() {
    return DEVICES.resolve(number);
  }

  private static String read(Path file) {
    try {
      String text = Files.readString(file);
      return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    } catch (IOException e) {
      return ""; // Also for a name that is no UTF-8: nobody could look for that.
    }
  }

  private static List<BlockDevice> in(Path folder, String names) {
    List<BlockDevice> devices = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, names)) {
      for (Path entry : entries) {
        String number = read(entry.resolve("dev"));
        if (!number.isEmpty()) {
          devices.add(new BlockDevice(number));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return devices; // One that has just gone is no longer of interest.
    }
    return devices;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BlockDevice device && number.equals(device.number);
  }

  @Override
  public int hashCode() {
    return number.hashCode();
  }

  @Override
  public String toString() {
    return number;
  }
}
