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

/** The attached loop devices, by which a file is read and written as if it were a disk. */
public final class LoopDevices {
  /** What sysfs appends to the name of a file that has been removed. */
  private static final String REMOVED = " (deleted)";

  private static final int SECTOR = 512;

  private LoopDevices() {}

  /**
   * The loop devices, most often none, whose data lie in this file or block device.
   *
   * @param guess whether a path that sysfs has is believed, see {@link #isElsewhere}, which is
   *     quicker
   */
  public static List<BlockDevice> over(Path image, boolean guess) {
    try {
      return over(FileId.of(image), guess ? image : null);
    } catch (IOException e) {
      return List.of(); // What it is will be told when it is opened.
    }
  }

  /** The loop devices, most often none, whose data lie in this block device. */
  public static List<BlockDevice> over(BlockDevice image) {
    return over(FileId.of(image), null);
  }

  /**
   * The loop devices over a file or device.
   *
   * @param path where it stands, if the paths that sysfs has are believed; or null
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
   * By what else the data of a device can be reached that lie, perhaps through others, in a loop
   * device. Most often by nothing.
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
   * Where the file or device in which the data of a loop device lie stands; null if that cannot be
   * told, or if the device is none.
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
   * Whether the path of a loop device's file tells for certain that it is not over an image: to
   * load native calls for an answer takes as long as to sync a small image, and some systems have
   * loop devices always. The path is believed where it leads to another file, of just the size that
   * the device has, and the image has not.
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
      return device.size() == (end - offset(device)) / SECTOR * SECTOR;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The file or device in which the data of a loop device lie; null if it is none, is not attached,
   * or if that cannot be told.
   */
  static FileId backing(BlockDevice device) {
    if (!device.isLoop()) {
      return null;
    }
    FileId told = ask(device);
    return told == null ? at(path(device)) : told;
  }

  /** Asks the device itself, which only who may read it can do; null without an answer. */
  private static FileId ask(BlockDevice device) {
    Path node = device.node();
    // Native calls are loaded only if they can be of use.
    if (node == null || !Files.isReadable(node) || !NativeFile.isAvailable()) {
      return null;
    }
    try (NativeFile loop = NativeFile.open(node, NativeFile.O_RDONLY)) {
      return loop.loopBacking();
    } catch (ImageException e) {
      Log.debug("a loop device does not tell its file: " + e.getMessage());
      return null;
    }
  }

  /**
   * The path that sysfs has of a loop device's file; null if there is none. It need not lead there:
   * the file can have been removed, and the path is that in the mount namespace of whoever attached
   * the device.
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
      return null; // In a folder that cannot be seen from here, or no image.
    }
  }

  /** Where in the file the data of a loop device begin. */
  public static long offset(BlockDevice device) {
    return device.count("loop/offset");
  }
}
