package io.iblocksync.linux;

import io.iblocksync.program.Log;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * The page cache of a block device, which can be older than the device. It lasts for as long as
 * anybody has the device open, and what reaches the medium by another way does not change it: a
 * mounted file system writes its files' data past it, and a disk, its partitions, and the devices
 * that device-mapper or a loop device make of them, have a cache each.
 *
 * <p>Here it is dropped. What is dirty is written out, for it is newer than the medium. What is
 * dirty in the cache of <em>another</em> device or file system is not on the medium yet, and does
 * not count as what the device holds.
 */
public final class DeviceCache {
  /** Where blkid looks for what tells an image's kind: near the start and near the end. */
  private static final long SIGNATURES = 8L << 20;

  /** Where nearly all of that is; a part that blkid reads in any case. */
  private static final long PROBED = 128L << 10;

  private static final int PAGE = 4096;

  private DeviceCache() {}

  /**
   * Drops the cache of a device.
   *
   * @param file the device
   * @param channel the same device
   * @return what is not dropped; null if nothing is cached any more
   */
  public static String drop(NativeFile file, FileChannel channel) {
    try {
      channel.force(false);
    } catch (IOException e) {
      // It is dirty no more, and was lost before this run began.
      Log.debug(file.path() + ": cannot be flushed: " + e.getMessage());
    }
    file.dontNeed(0, 0);
    try {
      long left = file.cachedBytes(channel.size());
      return left == 0 ? null : left + " bytes stay in the page cache";
    } catch (IOException e) {
      return "it cannot be told what stays in the page cache: " + e.getMessage();
    }
  }

  /**
   * Drops the cache of the block devices that loop devices below a device read through: however
   * such a device is read itself, it reads them through their page cache. (That of a file is never
   * older than the file.)
   *
   * @return what may be old; null if nothing is
   */
  public static String dropBelow(BlockDevice device) {
    return dropBelow(device, new HashSet<>());
  }

  private static String dropBelow(BlockDevice device, Set<BlockDevice> seen) {
    if (!seen.add(device)) {
      return null;
    }
    String doubt = null;
    if (device.disk() != null) {
      doubt = dropBelow(device.disk(), seen);
    }
    for (BlockDevice slave : device.slaves()) {
      doubt = first(doubt, dropBelow(slave, seen));
    }
    FileId backing = device.isLoop() ? LoopDevices.backing(device) : null;
    if (backing != null && backing.device() != null) {
      if (LoopDevices.isCached(device)) {
        doubt = first(doubt, dropBacking(device, backing.device()));
      }
      doubt = first(doubt, dropBelow(backing.device(), seen));
    }
    return doubt;
  }

  private static String first(String doubt, String other) {
    return doubt == null ? other : doubt;
  }

  private static String dropBacking(BlockDevice loop, BlockDevice backing) {
    String text =
        "/dev/" + loop.name() + " reads /dev/" + backing.name() + " through the page cache";
    Path node = backing.node();
    if (node == null || !NativeFile.isAvailable()) {
      return text + ", which cannot be dropped";
    }
    try (FileChannel channel = FileChannel.open(node, StandardOpenOption.READ);
        NativeFile file = NativeFile.open(node, NativeFile.O_RDONLY)) {
      String left = drop(file, channel);
      return left == null ? null : text + ": " + left;
    } catch (IOException e) {
      return text + ", which cannot be dropped: " + SystemErrors.of(node, e).reason();
    }
  }

  /**
   * Drops what blkid would read from the cache of a block device; does nothing of a file. Loads
   * native calls only if something of that is cached, which is seldom: they take longer than blkid.
   */
  public static void dropSignatures(Path path) {
    try {
      if (ImageType.of(path) == ImageType.BLOCK_DEVICE) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
          if (isProbedCached(channel) && NativeFile.isAvailable()) {
            dropSignatures(path, channel.size());
          }
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      Log.debug(path + ": what tells its kind may be old: " + e);
    }
  }

  private static void dropSignatures(Path path, long size) throws IOException {
    try (NativeFile file = NativeFile.open(path, NativeFile.O_RDONLY)) {
      file.dontNeed(0, SIGNATURES);
      file.dontNeed(Math.max(0, size - SIGNATURES), SIGNATURES);
    }
  }

  private static boolean isProbedCached(FileChannel channel) throws IOException {
    long last = channel.size() / PAGE * PAGE;
    for (long offset = 0; offset < PROBED && offset < last; offset += PAGE) {
      if (isCached(channel, offset) || isCached(channel, last - PAGE - offset)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isCached(FileChannel channel, long offset) throws IOException {
    return channel.map(MapMode.READ_ONLY, offset, PAGE).isLoaded();
  }
}
