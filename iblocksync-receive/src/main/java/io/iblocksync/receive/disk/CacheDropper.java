package io.iblocksync.receive.disk;

import io.iblocksync.linux.BlockDevice;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.LoopDevices;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.program.Log;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Drops the page cache of an image, so that what is read of it afterwards comes from stable
 * storage. What is known about that:
 *
 * <ul>
 *   <li>Only clean pages can be dropped: everything must have been flushed (fsync) before.
 *   <li>Pages stay that other programs have mapped or write to; on tmpfs all of them stay. So the
 *       cache of a file is counted afterwards.
 *   <li>Direct reads of a block device always go past its cache; of a file, some file systems
 *       silently serve them from the cache.
 *   <li>A loop device reads the file or device below it through that one's cache, however it is
 *       read itself. So the caches below are dropped, too, at every level.
 *   <li>After a failed fsync the kernel keeps what it could not write as if it were clean. Unless
 *       that is dropped, the next run finds the target equal and mends nothing.
 * </ul>
 */
final class CacheDropper {
  private CacheDropper() {}

  /**
   * Why reads of an image may still come from the page cache.
   *
   * @param own what is left of the image's own cache, or that this is not known; null if nothing is
   * @param below the same of the files and devices below it
   */
  record Caveats(String own, String below) {
    static final Caveats NONE = new Caveats(null, null);

    boolean isNone() {
      return first() == null;
    }

    /** One of the reasons; null if there is none. */
    String first() {
      return either(own, below);
    }
  }

  private static String either(String caveat, String other) {
    return caveat == null ? other : caveat;
  }

  /**
   * Drops the cache of an image and of what is below it.
   *
   * @param image the image; null if there are no native calls
   * @param place where the image is
   */
  static Caveats drop(NativeFile image, Path place) {
    String own = dropOwn(image);
    return new Caveats(own, dropBelow(place));
  }

  private static String dropOwn(NativeFile image) {
    try {
      if (image != null) {
        image.dontNeed(0, 0);
        long left = image.cachedBytes();
        return left == 0 ? null : left + " bytes of it stay in the page cache";
      }
    } catch (ImageException e) {
      Log.debug("cannot count what is cached: " + e.getMessage());
    }
    return "it is not known how much of it is in the page cache";
  }

  private static String dropBelow(Path path) {
    try {
      boolean file = Files.isRegularFile(path);
      long number = (Long) Files.getAttribute(path, file ? "unix:dev" : "unix:rdev");
      return dropBelow(BlockDevice.of(BlockDevice.number(number)));
    } catch (IOException e) {
      return null; // The image was open a moment ago; the next read will report the error.
    }
  }

  private static String dropBelow(BlockDevice device) {
    String caveat = LoopDevices.isCached(device) ? dropBacking(device) : null;
    Path place = LoopDevices.place(device);
    if (place != null) {
      caveat = either(caveat, dropBelow(place));
    }
    if (device.disk() != null) {
      caveat = either(caveat, dropBelow(device.disk()));
    }
    for (BlockDevice slave : device.slaves()) {
      caveat = either(caveat, dropBelow(slave));
    }
    return caveat;
  }

  private static String dropBacking(BlockDevice loop) {
    Path place = LoopDevices.place(loop);
    String of = " of the file of /dev/" + loop.name();
    String unknown = "it is not known how much" + of + " is in the page cache";
    if (place == null || !NativeFile.isAvailable()) {
      return unknown;
    }
    try (FileChannel channel = FileChannel.open(place, StandardOpenOption.READ);
        NativeFile file = NativeFile.open(place, NativeFile.O_RDONLY)) {
      try {
        // Others may have written to it, too, and only clean pages can be dropped.
        channel.force(true);
      } finally {
        file.dontNeed(0, 0);
      }
      long left = Files.isRegularFile(place) ? file.cachedBytes() : 0;
      return left == 0 ? null : left + " bytes" + of + " stay in the page cache";
    } catch (IOException e) {
      Log.debug("cannot count what is cached of " + place + ": " + e.getMessage());
      return unknown;
    }
  }
}
