package io.iblocksync.linux;

import io.iblocksync.program.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The attached loop devices, through which a file is read and written as if it were a disk. */
public final class LoopDevices {
  /** What sysfs appends to the name of a file that has been removed. */
  private static final String REMOVED = " (deleted)";

  /** A loop device holds only whole ones of these of its file. */
  private static final int LOOP_SECTOR = 512;

  private LoopDevices() {}

  /**
   * The loop devices, most often none, whose data lie in this file or block device.
   *
   * @param guess whether a path in sysfs is trusted, see {@link #isElsewhere}, which is quicker
   */
  public static List<BlockDevice> over(Path image, boolean guess) {
    try {
      return over(FileId.of(image), guess ? image : null);
    } catch (IOException e) {
      return List.of(); // Opening it will report the error.
    }
  }

  /** The loop devices, most often none, whose data lie in this block device. */
  public static List<BlockDevice> over(BlockDevice image) {
    return over(FileId.of(image), null);
  }

  /**
   * The loop devices over a file or device.
   *
   * @param path where it is, if the paths in sysfs are trusted; or null
   */
  static List<BlockDevice> over(FileId image, Path path) {
    List<BlockDevice> found = new ArrayList<>();
    for (BlockDevice device : image == null ? List.<BlockDevice>of() : BlockDevice.all()) {
      boolean elsewhere = path != null && isElsewhere(device, image, path);
      if (device.isLoop() && !elsewhere && image.equals(backing(device))) {
        found.add(device);
      }
    }
    return found;
  }

  /**
   * How else the data of a device can be reached, if the device is, perhaps through others, a loop
   * device. Usually there is no other way.
   *
   * @param below the devices over which loop devices are
   * @param beside the other loop devices over the same part of a file or device
   */
  public record Sharing(Set<BlockDevice> below, Set<BlockDevice> beside) {
    public static Sharing of(BlockDevice device) {
      Sharing sharing = new Sharing(new LinkedHashSet<>(), new LinkedHashSet<>());
      sharing.add(device, new HashSet<>());
      return sharing;
    }

    private void add(BlockDevice device, Set<BlockDevice> seen) {
      if (!seen.add(device)) {
        return;
      }
      if (device.disk() != null) {
        add(device.disk(), seen);
      }
      device.slaves().forEach(slave -> add(slave, seen));
      FileId lower = backing(device);
      if (lower == null) {
        return;
      }
      for (BlockDevice other : over(lower, null)) {
        if (!other.equals(device) && overlap(other, device)) {
          beside.add(other);
        }
      }
      if (lower.device() != null) {
        below.add(lower.device());
        add(lower.device(), seen);
      }
    }
  }

  /** Whether two loop devices over the same file have bytes of it in common. */
  private static boolean overlap(BlockDevice one, BlockDevice other) {
    return offset(one) < offset(other) + other.size() && offset(other) < offset(one) + one.size();
  }

  /**
   * The path of the file or device that holds a loop device's data; null if it is not known, or if
   * the device is not a loop device.
   */
  public static Path place(BlockDevice device) {
    FileId lower = backing(device);
    Path path = lower == null ? null : path(device);
    return lower != null && lower.equals(at(path)) ? path : null;
  }

  /** Whether it reads and writes its file through the system's page cache. */
  public static boolean isCached(BlockDevice device) {
    return device.isLoop() && !device.attribute("loop/dio").equals("1");
  }

  /**
   * Whether the path of a loop device's file shows for certain that the device is not over an
   * image. Loading native calls for an answer takes as long as syncing a small image, and some
   * systems always have loop devices. The path is trusted if it leads to another file that fits the
   * device's size, and the image does not fit.
   */
  static boolean isElsewhere(BlockDevice device, FileId image, Path path) {
    Path there = path(device);
    FileId other = at(there);
    return other != null
        && !other.equals(image)
        && fits(device, other, there)
        && !fits(device, image, path);
  }

  private static boolean fits(BlockDevice device, FileId id, Path path) {
    try {
      long size = id.device() == null ? Files.size(path) : id.device().size();
      long limit = device.count("loop/sizelimit");
      long end = limit == 0 ? size : Math.min(size, offset(device) + limit);
      return device.size() == (end - offset(device)) / LOOP_SECTOR * LOOP_SECTOR;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The file or device that holds a loop device's data; null if it is not a loop device, is not
   * attached, or if the kernel does not say.
   */
  static FileId backing(BlockDevice device) {
    if (!device.isLoop()) {
      return null;
    }
    FileId answer = ask(device);
    return answer == null ? at(path(device)) : answer;
  }

  /** Asks the device itself (needs read permission); null if that fails. */
  private static FileId ask(BlockDevice device) {
    Path node = device.node();
    // Loads native calls only if they can help.
    if (node == null || !Files.isReadable(node) || !NativeFile.isAvailable()) {
      return null;
    }
    try (NativeFile loop = NativeFile.open(node, NativeFile.O_RDONLY)) {
      return loop.loopBacking();
    } catch (ImageException e) {
      Log.debug("a loop device does not say what its file is: " + e.getMessage());
      return null;
    }
  }

  /**
   * The path of a loop device's file in sysfs; null if there is none. It need not lead to the file:
   * that can have been removed, and the path is that in the mount namespace of the process that
   * attached the device.
   */
  private static Path path(BlockDevice device) {
    String file = device.attribute("loop/backing_file");
    try {
      if (file.endsWith(REMOVED) && !Files.exists(Path.of(file))) {
        file = file.substring(0, file.length() - REMOVED.length());
      }
      return file.isEmpty() ? null : Path.of(file);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static FileId at(Path path) {
    try {
      return path == null ? null : FileId.of(path);
    } catch (IOException e) {
      return null; // In a directory that is hidden from here, or not an image.
    }
  }

  /** Where in its file a loop device's data begins. */
  public static long offset(BlockDevice device) {
    return device.count("loop/offset");
  }
}
