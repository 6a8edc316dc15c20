package io.iblocksync.receive.guard;

import io.iblocksync.linux.BlockDevice;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.LoopDevices;
import io.iblocksync.linux.MountTable;
import io.iblocksync.linux.MountTable.Mount;
import io.iblocksync.protocol.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Finds who uses a file or device, in the kernel's lists of mounts, swap space and devices. */
final class InUse {
  private static final Path SWAPS = Path.of("/proc/swaps");

  private InUse() {}

  /**
   * A use of an image: writing to the image would harm it, or it would harm what is written.
   *
   * @param use what the image is, as in "mounted on /mnt"
   * @param wayOut what to do about it
   */
  record Finding(String use, String wayOut) {
    private Finding of(String part) {
      return new Finding(part + use, wayOut);
    }
  }

  /**
   * The loop device, if any, over an image, over a partition of it or over the disk of which it is
   * a partition. Opening the image exclusively does not find it.
   */
  static Finding byLoopDevice(Path image, ImageType type) throws IOException {
    List<BlockDevice> loops = new ArrayList<>(LoopDevices.over(image, false));
    if (type == ImageType.BLOCK_DEVICE) {
      BlockDevice device = BlockDevice.at(image);
      device.partitions().forEach(partition -> loops.addAll(LoopDevices.over(partition)));
      if (device.disk() != null) {
        loops.addAll(LoopDevices.over(device.disk()));
      }
    }
    return byLoopDevice(loops, "");
  }

  /** Names a loop device that is in use itself, if there is one. */
  private static Finding byLoopDevice(Collection<BlockDevice> loops, String also) {
    Finding finding = null;
    for (BlockDevice loop : loops) {
      String name = "/dev/" + loop.name();
      Finding user = of(loop);
      if (user != null) {
        String use = "in use by the loop device " + name + also + ", which is " + user.use();
        return new Finding(use, user.wayOut());
      }
      if (finding == null) {
        finding =
            new Finding(
                "in use by the loop device " + name + also,
                "detach that one first (losetup -d " + name + "), or sync to it instead");
      }
    }
    return finding;
  }

  /**
   * Who uses the file or device below a loop device in another way: it can be mounted through
   * another loop device.
   */
  static Finding below(Path path) throws IOException {
    LoopDevices.Sharing sharing = LoopDevices.Sharing.of(BlockDevice.at(path));
    for (BlockDevice other : sharing.below()) {
      Finding finding = of(other);
      if (finding != null) {
        return finding.of("over " + other.name() + ", which is ");
      }
    }
    return byLoopDevice(sharing.beside(), " over the same data");
  }

  /** Whether a file is swap space, or mounted without a device of its own. */
  static Finding asFile(Path file) {
    for (Path swap : swaps()) {
      if (isSame(swap, file)) {
        return swap();
      }
    }
    for (Mount mount : MountTable.read()) {
      // A file system on a device has the device as its source, not a file.
      if (mount.device().startsWith("0:") && mount.source().startsWith("/")) {
        try {
          if (isSame(Path.of(mount.source()), file)) {
            return mounted(mount);
          }
        } catch (InvalidPathException e) {
          continue;
        }
      }
    }
    return null;
  }

  private static boolean isSame(Path path, Path file) {
    try {
      return Files.isSameFile(path, file);
    } catch (IOException e) {
      return false; // Removed, or of another mount namespace.
    }
  }

  /** Who uses a device, a part of it or the disk of which it is a part; null if nobody is found. */
  static Finding of(Path path) throws IOException {
    return of(BlockDevice.at(path));
  }

  private static Finding of(BlockDevice device) {
    List<Mount> mounts = MountTable.read();
    List<Path> swaps = swaps();
    Finding finding = of(device, mounts, swaps);
    for (BlockDevice partition : finding == null ? device.partitions() : List.<BlockDevice>of()) {
      Finding part = of(partition, mounts, swaps);
      if (part != null) {
        return part.of("a disk whose partition " + partition.name() + " is ");
      }
    }
    BlockDevice disk = device.disk();
    if (finding == null && disk != null) {
      Finding whole = of(disk, mounts, swaps);
      return whole == null ? null : whole.of("a partition of " + disk.name() + ", which is ");
    }
    return finding;
  }

  private static Finding of(BlockDevice device, List<Mount> mounts, List<Path> swaps) {
    for (Mount mount : mounts) {
      if (mount.isOn(device)) {
        return mounted(mount);
      }
    }
    for (Path swap : swaps) {
      if (isAt(swap, device)) {
        return swap();
      }
    }
    List<BlockDevice> holders = device.holders();
    if (!holders.isEmpty()) {
      String use =
          holders.get(0).isRaid() ? "a member of the running RAID " : "held by the device ";
      return new Finding(
          use + Printable.line(holders.get(0).name()),
          "stop that one first, or sync to it instead");
    }
    if (device.isInBtrfs()) {
      return new Finding("a device of a mounted btrfs file system", "unmount it");
    }
    return null;
  }

  private static Finding swap() {
    return new Finding("in use as swap space", "end that with swapoff");
  }

  private static Finding mounted(Mount mount) {
    return new Finding("mounted on " + Printable.line(mount.place()), "unmount it");
  }

  private static boolean isAt(Path path, BlockDevice device) {
    try {
      return ImageType.of(path) == ImageType.BLOCK_DEVICE && BlockDevice.at(path).equals(device);
    } catch (IOException e) {
      return false;
    }
  }

  private static List<Path> swaps() {
    try {
      return swaps(new String(Files.readAllBytes(SWAPS), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return List.of(); // A kernel without swap space.
    }
  }

  /**
   * The files and devices that are swap space.
   *
   * @param text as in proc_swaps(5); a name that is not UTF-8 hides none of the others
   */
  static List<Path> swaps(String text) {
    List<Path> swaps = new ArrayList<>();
    for (String line : text.split("\n")) {
      int end = line.indexOf(' ');
      if (line.startsWith("/") && end > 0) {
        try {
          swaps.add(Path.of(MountTable.unescaped(line.substring(0, end))));
        } catch (InvalidPathException e) {
          continue;
        }
      }
    }
    return swaps;
  }
}
