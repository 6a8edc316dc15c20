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
 * A block device as sysfs describes it. Each question reads sysfs afresh; where there is no sysfs,
 * or where it does not say, nothing is known.
 */
public final class BlockDevice {
  private static final Path DEVICES = Path.of("/sys/dev/block");
  private static final Path NODES = Path.of("/dev");
  private static final Path BTRFS = Path.of("/sys/fs/btrfs");
  private static final Path ALL = Path.of("/sys/block");

  /** The unit of sizes in sysfs, whatever the sectors of a device. */
  private static final int SYSFS_SECTOR = 512;

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

  /** A device number as {@code stat} has it, in the form of {@link #number()}. */
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
      return directory().toRealPath().getFileName().toString().replace('!', '/');
    } catch (IOException e) {
      return number;
    }
  }

  /** Its node in /dev, under the kernel's name; null if it is not there. */
  public Path node() {
    Path node = NODES.resolve(kernelName());
    try {
      return ImageType.of(node) == ImageType.BLOCK_DEVICE && at(node).equals(this) ? node : null;
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * Whether the kernel refuses all writes to it. Opening such a device for writing succeeds; only
   * the first write fails.
   */
  public boolean isReadOnly() {
    return attribute("ro").equals("1");
  }

  /** The disk of which it is a partition; null if it is not a partition. */
  public BlockDevice disk() {
    if (attribute("partition").isEmpty()) {
      return null;
    }
    String disk = read(directory().resolve("../dev"));
    return disk.isEmpty() ? null : new BlockDevice(disk);
  }

  /** Its partitions. */
  public List<BlockDevice> partitions() {
    List<BlockDevice> partitions = new ArrayList<>();
    // An entry with a number of its own is a partition, or not a block device at all.
    for (BlockDevice device : in(directory(), "*")) {
      if (!device.attribute("partition").isEmpty()) {
        partitions.add(device);
      }
    }
    return partitions;
  }

  /** The devices that the kernel has built on it: RAIDs and those of device-mapper. */
  public List<BlockDevice> holders() {
    return in(directory().resolve("holders"), "*");
  }

  /** This device, its partitions, and all devices that are built on any of these. */
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

  /** The devices on which it is built. */
  public List<BlockDevice> slaves() {
    return in(directory().resolve("slaves"), "*");
  }

  /** Whether it is a loop device, and attached. */
  boolean isLoop() {
    return Files.isDirectory(directory().resolve("loop"));
  }

  /** Whether it is a RAID of the kernel (md). */
  public boolean isRaid() {
    return Files.isDirectory(directory().resolve("md"));
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
    return count("size") * SYSFS_SECTOR;
  }

  /** Where on its disk a partition begins, in bytes. */
  long start() {
    return count("start") * SYSFS_SECTOR;
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
    return read(directory().resolve(name));
  }

  private Path directory() {
    return DEVICES.resolve(number);
  }

  private static String read(Path file) {
    try {
      String text = Files.readString(file);
      return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    } catch (IOException e) {
      return ""; // Also for a name that is not UTF-8: nobody could look for that.
    }
  }

  private static List<BlockDevice> in(Path directory, String names) {
    List<BlockDevice> devices = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, names)) {
      for (Path entry : entries) {
        String number = read(entry.resolve("dev"));
        if (!number.isEmpty()) {
          devices.add(new BlockDevice(number));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return devices; // A device that has just gone is no longer of interest.
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
