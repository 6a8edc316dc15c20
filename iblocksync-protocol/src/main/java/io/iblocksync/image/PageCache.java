package io.iblocksync.image;

import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.program.Log;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/**
 * Drops what reading an image puts into the page cache, so that a nightly sync does not push out
 * what other programs need. Only if the image is not cached to begin with: otherwise another
 * program works with it.
 *
 * <p>Safe for use by several threads.
 */
public final class PageCache implements Closeable {
  /** A smaller image takes too little of the cache to matter. */
  private static final long MIN_IMAGE = 128L << 20;

  private static final int SAMPLES = 64;
  static final int MOSTLY_UNCACHED = SAMPLES / 4;
  private static final int PAGE = 4096;

  private static final long STEP = 32L << 20;

  /** More than the reading threads are apart, and more than the system's largest pages. */
  private static final long LAG = 64L << 20;

  private final Path path;
  private volatile long next = LAG + STEP;
  private NativeFile file;
  private boolean closed;

  private PageCache(Path path) {
    this.path = path;
  }

  /**
   * Looks at how much of an image is cached, before it is read.
   *
   * @return null if nothing is to be dropped
   */
  public static PageCache of(Path path, FileChannel channel, long size) {
    try {
      // Mapping bytes past the end of a file that is open for writing would extend it.
      return size >= MIN_IMAGE
              && channel.size() >= size
              && cachedSamples(channel, size) <= MOSTLY_UNCACHED
          ? new PageCache(path)
          : null;
    } catch (IOException | RuntimeException | Error e) {
      Log.debug(path + ": cannot find out what is cached: " + e);
      return null;
    }
  }

  static int cachedSamples(FileChannel channel, long size) throws IOException {
    int cached = 0;
    for (int i = 0; i < SAMPLES; i++) {
      long position = (size - PAGE) / SAMPLES * i / PAGE * PAGE;
      if (channel.map(MapMode.READ_ONLY, position, PAGE).isLoaded()) {
        cached++;
      }
    }
    return cached;
  }

  /** A read has ended at this position; those of other threads may end a little before it. */
  public void read(long position) {
    if (position >= next) {
      drop(position);
    }
  }

  private synchronized void drop(long position) {
    if (closed || position < next) {
      return;
    }
    next = position + STEP;
    if (file == null && !open()) {
      next = Long.MAX_VALUE;
      return;
    }
    // From the start on: pages that were dirty the last time may be on the disk by now.
    file.dontNeed(0, position - LAG);
  }

  private boolean open() {
    try {
      file = NativeFile.isAvailable() ? NativeFile.openAgain(path, NativeFile.O_RDONLY) : null;
    } catch (ImageException e) {
      Log.debug("the page cache stays as it is: " + e.getMessage());
    }
    return file != null;
  }

  /** Drops all that is left. */
  @Override
  public synchronized void close() {
    closed = true;
    if (file != null) {
      file.dontNeed(0, 0);
      file.close();
      file = null;
    }
  }
}
