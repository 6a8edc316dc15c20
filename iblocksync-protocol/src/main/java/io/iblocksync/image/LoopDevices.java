package io.iblocksync.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The attached loop devices, by which a file is read and written as if it were a disk. */
public final class LoopDevices {
  /** What sysfs appends to the name of a file that has been removed. */
  private static final String REMOVED = " (deleted)";

  private LoopDevices() {}

  /** The loop devices, most often none, whose data lie in this file or block device. */
  public static List<BlockDevice> over(Path image) {
    try {
      return ImageType.of(image) == ImageType.BLOCK_DEVICE
          ? over(BlockDevice.at(image))
          : over(backing -> Files.isSameFile(backing, image));
    } catch (IOException e) {
      return List.of(); // What it is will be told when it is opened.
    }
  }

  /** The loop devices, most often none, whose data lie in this block device. */
  public static List<BlockDevice> over(BlockDevice image) {
    return over(
        backing ->
            ImageType.of(backing) == ImageType.BLOCK_DEVICE
                && BlockDevice.at(backing).equals(image));
  }

  private static List<BlockDevice> over(Test isImage) {
    List<BlockDevice> found = new ArrayList<>();
    for (BlockDevice device : BlockDevice.all()) {
      Path backing = backing(device);
      try {
        if (backing != null && isImage.holdsFor(backing)) {
          found.add(device);
        }
      } catch (IOException e) {
        continue; // Removed, or in a folder that cannot be seen from here.
      }
    }
    return found;
  }

  private interface Test {
    boolean holdsFor(Path backing) throws IOException;
  }

  /**
   * The file or device in which the data of a loop device lie; null if it is none, or is not
   * attached. The path can lead nowhere, and is that in the mount namespace of whoever attached it.
   */
  public static Path backing(BlockDevice device) {
    String file = device.attribute("loop/backing_file");
    if (file.endsWith(REMOVED)) {
      file = file.substring(0, file.length() - REMOVED.length());
    }
    try {
      return file.isEmpty() ? null : Path.of(file);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** Where in the file the data of a loop device begin. */
  public static long offset(BlockDevice device) {
    return device.count("loop/offset");
  }
}
