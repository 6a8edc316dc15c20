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
 * The page cache of a block device, which can be older than the device. It lasts while any process
 * has the device open, and it does not notice what reaches the disk in another way: a mounted file
 * system writes its files' data past it, and a disk, its partitions, and the devices that
 * device-mapper or a loop device make of them have a cache each.
 *
 * <p>This class drops it. Dirty pages are written out, since they are newer than the disk. Dirty
 * pages of <em>another</em> device or file system are not on the disk yet, and do not count as
 * content of this device.
 */
public final class DeviceCache {
  /** Where blkid looks for the signatures of an image: this near its start and its end. */
  private static final long SIGNATURES = 8L << 20;

  /** Where nearly all signatures are; blkid always reads this part. */
  private static final long PROBED = 128L << 10;

  private static final int PAGE = 4096;

  private DeviceCache() {}

  /**
   * Drops the cache of a device.
   *
   * @param file the device
   * @param channel the same device
   * @return what is left in the cache; null if nothing is
   */
  public static String drop(NativeFile file, FileChannel channel) {
    try {
      channel.force(false);
    } catch (IOException e) {
      // The pages are no longer dirty; what they held was lost before this run began.
      Log.debug(file.path() + ": cannot be flushed: " + e.getMessage());
    }
    file.dontNeed(0, 0);
    try {
      long left = file.cachedBytes(channel.size());
      return left == 0 ? null : left + " bytes stay in the page cache";
    } catch (IOException e) {
      return "it is not known what stays in the page cache: " + e.getMessage();
    }
  }

  /**
   * Drops the cache of the block devices below loop devices below a device: however a loop device
   * is read itself, it reads through that cache. (The cache of a file is never older than the
   * file.)
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
    String cacheCaveat = null;
    if (device.disk() != null) {
      cacheCaveat = dropBelow(device.disk(), seen);
    }
    for (BlockDevice slave : device.slaves()) {
      cacheCaveat = first(cacheCaveat, dropBelow(slave, seen));
    }
    FileId backing = device.isLoop() ? LoopDevices.backing(device) : null;
    if (backing != null && backing.device() != null) {
      if (LoopDevices.isCached(device)) {
        cacheCaveat = first(cacheCaveat, dropBacking(device, backing.device()));
      }
      cacheCaveat = first(cacheCaveat, dropBelow(backing.device(), seen));
    }
    return cacheCaveat;
  }

  private static String first(String cacheCaveat, String other) {
    return cacheCaveat == null ? other : cacheCaveat;
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
   * Drops what blkid would read from the cache of a block device; does nothing for a file. Loads
   * native calls only if some of that is cached, which is rare: loading takes longer than blkid.
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
      Log.debug(path + ": its signatures may be old: " + e);
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
