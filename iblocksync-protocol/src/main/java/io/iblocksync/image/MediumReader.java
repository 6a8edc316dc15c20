package io.iblocksync.image;

import com.sun.nio.file.ExtendedOpenOption;
import io.iblocksync.endpoint.Log;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reads an image from its medium: past the system's page cache (O_DIRECT), and where that cannot
 * be, through it. Some file systems do the latter without a word, such as ext4 with data=journal
 * and btrfs with compression. So the cache is given back first, and that of a file is looked at: on
 * tmpfs all of it stays, elsewhere what others write or have mapped. Without it the next run would
 * also find in the cache that all is well, and mend nothing.
 *
 * <p>Safe for use by several threads. Mind that to close it gives up all POSIX locks that this
 * process has on a file.
 */
public final class MediumReader implements HashWorkers.Source, Closeable {
  private static final int BUFFER = 1 << 20;
  private static final int MIN_ALIGNMENT = 4096;

  private final Path path;
  private final FileChannel channel;
  private final ImageReader image;

  /**
   * One that offers no reads; null if there is none. Were nobody to hold it, the JDK would close
   * it.
   */
  private final FileChannel useless;

  private final int alignment;
  private final String doubt;
  private final LongAdder bytesRead = new LongAdder();
  private final ThreadLocal<ByteBuffer> buffers = ThreadLocal.withInitial(this::newBuffer);
  private volatile PageCache cache;

  private MediumReader(
      Path path,
      FileChannel channel,
      FileChannel useless,
      ImageReader image,
      int alignment,
      String doubt) {
    this.path = path;
    this.channel = channel;
    this.useless = useless;
    this.image = image;
    this.alignment = alignment;
    this.doubt = doubt;
  }

  /**
   * Gives back the cache of an image, which comes first, after all that was written to it is on the
   * medium (fsync).
   *
   * @param cached null if there are no native calls
   * @return for {@link #open}: what may not come from the medium afterwards; null if all does
   */
  public static String giveBackCache(NativeFile cached) {
    try {
      if (cached != null) {
        cached.dontNeed(0, 0);
        long left = cached.cachedBytes();
        return left == 0 ? null : left + " bytes of it stay in the system's memory";
      }
    } catch (ImageException e) {
      Log.debug("cannot tell what is cached: " + e.getMessage());
    }
    return "it cannot be told whether it is in the system's memory";
  }

  /**
   * Gives back the cache of the files in which loop devices below an image lie: such a device reads
   * through it, however it is read itself.
   *
   * @return for {@link #open}: what may not come from the medium afterwards; null if all does
   */
  public static String giveBackCacheBelow(Path path) {
    try {
      boolean file = Files.isRegularFile(path);
      long number = (Long) Files.getAttribute(path, file ? "unix:dev" : "unix:rdev");
      return giveBackCacheBelow(BlockDevice.of(BlockDevice.number(number)));
    } catch (IOException e) {
      return null; // It was opened a moment ago, and will tell of that itself.
    }
  }

  private static String giveBackCacheBelow(BlockDevice device) {
    String doubt = LoopDevices.isCached(device) ? giveBackCacheOf(device) : null;
    Path place = LoopDevices.place(device);
    if (place != null) {
      doubt = first(doubt, giveBackCacheBelow(place));
    }
    if (device.disk() != null) {
      doubt = first(doubt, giveBackCacheBelow(device.disk()));
    }
    for (BlockDevice slave : device.slaves()) {
      doubt = first(doubt, giveBackCacheBelow(slave));
    }
    return doubt;
  }

  private static String first(String doubt, String other) {
    return doubt == null ? other : doubt;
  }

  private static String giveBackCacheOf(BlockDevice loop) {
    Path place = LoopDevices.place(loop);
    String of = " of the file of /dev/" + loop.name();
    if (place == null || !NativeFile.isAvailable()) {
      return "it cannot be told what" + of + " is in the system's memory";
    }
    try (FileChannel channel = FileChannel.open(place, StandardOpenOption.READ);
        NativeFile file = NativeFile.open(place, NativeFile.O_RDONLY)) {
      // What others write to the same device, such as a file system of its own, is not ours to
      // know.
      try {
        channel.force(true);
      } finally {
        file.dontNeed(0, 0);
      }
      long left = Files.isRegularFile(place) ? file.cachedBytes() : 0;
      return left == 0 ? null : left + " bytes" + of + " stay in the system's memory";
    } catch (IOException e) {
      Log.debug("cannot tell what is cached of " + place + ": " + e.getMessage());
      return "it cannot be told what" + of + " is in the system's memory";
    }
  }

  /**
   * Opens an image a second time.
   *
   * @param image the same one, for the holes that it knows of, which are not read
   * @param doubt what {@link #giveBackCache} has returned
   * @param below what {@link #giveBackCacheBelow} has returned
   */
  public static MediumReader open(Path path, ImageReader image, String doubt, String below)
      throws ImageException {
    try {
      int alignment =
          (int) Math.max(MIN_ALIGNMENT, Math.min(BUFFER, Files.getFileStore(path).getBlockSize()));
      FileChannel direct = null;
      try {
        direct = FileChannel.open(path, StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
        // Some file systems refuse no earlier.
        direct.read(newBuffer(alignment), 0);
        // A device that is asked for direct reads makes them.
        String left = Files.isRegularFile(path) ? first(doubt, below) : below;
        return new MediumReader(path, direct, null, image, alignment, left);
      } catch (IOException | UnsupportedOperationException e) {
        Log.debug(path + ": no direct reads: " + e.getMessage());
      }
      FileChannel cached = FileChannel.open(path, StandardOpenOption.READ);
      return new MediumReader(path, cached, direct, image, alignment, first(doubt, below));
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
  }

  /** Why what is read may not come from the medium; null if it does. */
  public String doubt() {
    return doubt;
  }

  /** How many bytes have been read so far. */
  public long bytesRead() {
    return bytesRead.sum();
  }

  @Override
  public void read(ByteBuffer into, long position) throws ImageException {
    long at = position;
    try {
      while (into.hasRemaining()) {
        ByteBuffer buffer = buffers.get();
        int skip = (int) (at % alignment);
        long wanted = ((long) skip + into.remaining() + alignment - 1) / alignment * alignment;
        buffer.clear().limit((int) Math.min(buffer.capacity(), wanted));
        int count = channel.read(buffer, at - skip);
        if (count <= skip) {
          throw new ImageException(path, "ends at byte " + at + " when it is read again", 0);
        }
        int length = Math.min(count - skip, into.remaining());
        into.put(buffer.limit(skip + length).position(skip));
        at += length;
      }
      bytesRead.add(at - position);
      if (cache != null) {
        cache.read(at);
      }
    } catch (IOException e) {
      throw SystemErrors.at(path, at, e);
    }
  }

  private ByteBuffer newBuffer() {
    return newBuffer(alignment);
  }

  private static ByteBuffer newBuffer(int alignment) {
    return ByteBuffer.allocateDirect(BUFFER + alignment)
        .alignedSlice(alignment)
        .limit(BUFFER)
        .slice();
  }

  /** What is silently read through the cache is given back. */
  @Override
  public void begin() {
    cache = PageCache.of(path, channel, image.size());
  }

  @Override
  public HoleFinder holes() {
    return image.holes();
  }

  @Override
  public void close() throws ImageException {
    if (cache != null) {
      cache.close();
    }
    try {
      channel.close();
      if (useless != null) {
        useless.close();
      }
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
  }
}
