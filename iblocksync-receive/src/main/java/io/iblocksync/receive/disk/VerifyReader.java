package io.iblocksync.receive.disk;

import io.iblocksync.image.DirectReader;
import io.iblocksync.image.HoleFinder;
import io.iblocksync.image.ImageReader;
import io.iblocksync.image.PageCache;
import io.iblocksync.image.ReadableImage;
import io.iblocksync.image.Standstill;
import io.iblocksync.linux.Errno;
import io.iblocksync.linux.ImageException;
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
 * Reads an image from stable storage: past the page cache (O_DIRECT), and through the page cache
 * where direct reads are not possible. Its cache has been dropped before, see {@link CacheDropper}.
 * Otherwise the next run, too, would find in the cache that all is well, and mend nothing.
 *
 * <p>Safe for use by several threads. Closing it releases all POSIX locks of this process on the
 * file (see fcntl(2)).
 */
public final class VerifyReader implements ReadableImage, Closeable {
  private final Path path;
  private final ImageReader image;

  /**
   * Referenced even if it cannot be read: the JDK closes a channel that nobody references, and
   * closing it would release the lock on a file.
   */
  private final DirectReader direct;

  /** Why what is read may not come from stable storage; null if it does. */
  private final String cacheCaveat;

  private final LongAdder bytesRead = new LongAdder();

  /** Whether everything is read through the page cache, since direct reads are not possible. */
  private volatile boolean throughCache;

  /** Null until something is to be read through the page cache. */
  private FileChannel cached;

  private boolean warned;
  private volatile PageCache cache;

  private VerifyReader(Path path, ImageReader image, DirectReader direct, String cacheCaveat) {
    this.path = path;
    this.image = image;
    this.direct = direct;
    this.cacheCaveat = cacheCaveat;
  }

  /**
   * Opens an image a second time.
   *
   * @param image the same one, for the holes that it knows of, which are not read
   * @param caveats what is left in the page cache after it was dropped
   */
  static VerifyReader open(Path path, ImageReader image, CacheDropper.Caveats caveats)
      throws ImageException {
    return over(path, image, DirectReader.open(path), caveats);
  }

  /** The same with an image that was opened for direct reads. */
  static VerifyReader over(
      Path path, ImageReader image, DirectReader direct, CacheDropper.Caveats caveats)
      throws ImageException {
    // Direct reads of a device always go past its own cache.
    boolean certain = direct.problem() == null && !Files.isRegularFile(path);
    VerifyReader reader =
        new VerifyReader(path, image, direct, certain ? caveats.below() : caveats.first());
    if (direct.problem() != null) {
      Log.debug(path + ": no direct reads: " + direct.problem());
      reader.throughCache = true;
      reader.cached();
    }
    return reader;
  }

  /** Why what is read may come from the page cache; null if it comes from stable storage. */
  String cacheCaveat() {
    return cacheCaveat;
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
        throw e; // The cache must not hide what the disk has lost.
      }
      throughCache = true;
      problem = "fail: " + error.reason();
    }
    long at = position + into.position() - start;
    // If the image itself ends early, that is reported instead.
    if (into.hasRemaining() && at < cached().size()) {
      warn("direct reads " + problem);
    }
  }

  private synchronized void warn(String why) {
    if (!warned) {
      warned = true;
      Log.warn(
          Printable.line(
              path + ": what is verified may come from the page cache, not from the disk: " + why));
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

  /** Warns of the caveat. Pages that are silently read through the cache are dropped, too. */
  @Override
  public void begin() {
    if (cacheCaveat != null) {
      warn(cacheCaveat);
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
