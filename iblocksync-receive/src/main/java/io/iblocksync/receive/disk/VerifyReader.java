package io.iblocksync.receive.disk;

import io.iblocksync.image.DirectReader;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.image.HoleFinder;
import io.iblocksync.image.ImageReader;
import io.iblocksync.image.PageCache;
import io.iblocksync.image.Standstill;
import io.iblocksync.linux.BlockDevice;
import io.iblocksync.linux.Errno;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.LoopDevices;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.linux.SystemErrors;
import io.iblocksync.program.Log;
import io.iblocksync.protocol.Printable;
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
public final class VerifyReader implements HashWorkers.Source, Closeable {
  private final Path path;
  private final ImageReader image;

  /**
   * Stays open also where it offers no reads: to close it would give up the lock on a file, and the
   * JDK closes what nobody holds.
   */
  private final DirectReader direct;

  private final String doubt;
  private final LongAdder bytesRead = new LongAdder();

  /** Whether nothing is read past the page cache, since that cannot be. */
  private volatile boolean throughCache;

  /** Null until something is to be read through the page cache. */
  private FileChannel cached;

  private boolean warned;
  private volatile PageCache cache;

  private VerifyReader(Path path, ImageReader image, DirectReader direct, String doubt) {
    this.path = path;
    this.image = image;
    this.direct = direct;
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
  public static VerifyReader open(Path path, ImageReader image, String doubt, String below)
      throws ImageException {
    return over(path, image, DirectReader.open(path), doubt, below);
  }

  /** The same with an image that was opened for direct reads. */
  static VerifyReader over(
      Path path, ImageReader image, DirectReader direct, String doubt, String below)
      throws ImageException {
    // A device that is asked for direct reads makes them.
    boolean certain = direct.problem() == null && !Files.isRegularFile(path);
    VerifyReader reader =
        new VerifyReader(path, image, direct, certain ? below : first(doubt, below));
    if (direct.problem() != null) {
      Log.debug(path + ": no direct reads: " + direct.problem());
      reader.throughCache = true;
      reader.cached();
    }
    return reader;
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
    int start = into.position();
    int idle = 0;
    try {
      if (!throughCache) {
        readDirect(into, position);
      }
      while (into.hasRemaining()) {
        long at = position + into.position() - start;
        int count = cached().read(into, at);
        if (count < 0) {
          throw new ImageException(path, "ends at byte " + at + " when it is read again", 0);
        }
        idle = Standstill.after(count, idle, path, "read", at);
      }
      bytesRead.add(into.position() - start);
      if (cache != null) {
        cache.read(position + into.position() - start);
      }
    } catch (IOException e) {
      throw SystemErrors.at(path, position + into.position() - start, e);
    }
  }

  private void readDirect(ByteBuffer into, long position) throws IOException {
    int start = into.position();
    String problem = "end early";
    try {
      direct.read(into, position);
    } catch (IOException e) {
      ImageException error = SystemErrors.of(path, e);
      if (error.errno() == Errno.EIO || !direct.channel().isOpen()) {
        throw e; // The cache must not hide what the medium has lost.
      }
      throughCache = true;
      problem = "fail: " + error.reason();
    }
    long at = position + into.position() - start;
    // Where the image itself ends early, that is what is reported.
    if (into.hasRemaining() && at < cached().size()) {
      warn("direct reads " + problem);
    }
  }

  private synchronized void warn(String why) {
    if (!warned) {
      warned = true;
      Log.warn(
          Printable.line(
              path + ": what is verified may come from memory, not from the medium: " + why));
    }
  }

  /** The image for reads through the page cache. */
  private synchronized FileChannel cached() throws ImageException {
    try {
      if (cached == null) {
        cached = FileChannel.open(path, StandardOpenOption.READ);
      }
      return cached;
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
  }

  /** Warns of the doubt. What is silently read through the cache is given back. */
  @Override
  public void begin() {
    if (doubt != null) {
      warn(doubt);
    }
    FileChannel channel;
    synchronized (this) {
      channel = throughCache ? cached : direct.channel();
    }
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
      direct.close();
      closeCached();
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
  }

  private synchronized void closeCached() throws IOException {
    if (cached != null) {
      cached.close();
    }
  }
}
