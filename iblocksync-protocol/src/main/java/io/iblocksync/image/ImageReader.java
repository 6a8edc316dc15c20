package io.iblocksync.image;

import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.SystemErrors;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reads an image, a regular file or a block device, at any place. From {@link #begin} on, what is
 * read of a device is not older than what was on its disk then, see {@link FreshReads}.
 *
 * <p>Safe for use by several threads; their reads go on at the same time. Whoever opened it closes
 * it. A thread must not be interrupted while it reads: the JDK would close the image under all
 * others.
 */
public final class ImageReader implements Closeable, ReadableImage {
  private final Path path;
  private final FileChannel channel;
  private final long size;

  /** From where on bytes that are not there (yet) are read as zeros. */
  private final long zerosFrom;

  /** Null of a file. */
  private final FreshReads fresh;

  private final HoleFinder holes;
  private final LongAdder bytesRead = new LongAdder();
  private volatile PageCache cache;

  private ImageReader(Path path, FileChannel channel, long size, long zerosFrom, boolean written) {
    this.path = path;
    this.channel = channel;
    this.size = size;
    this.zerosFrom = zerosFrom;
    this.fresh = FreshReads.of(path, channel, written);
    this.holes = new HoleFinder(path, size);
  }

  /**
   * Opens an image for reading.
   *
   * @throws ImageException if there is none, if it may not be read, or if it is neither a file nor
   *     a block device
   */
  public static ImageReader open(Path path) throws ImageException {
    if (ImageType.of(path) == ImageType.MISSING) {
      throw SystemErrors.missing(path);
    }
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        // Of a block device too, where Files.size is 0.
        return new ImageReader(path, channel, channel.size(), Long.MAX_VALUE, false);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
  }

  /**
   * Reads the first {@code size} bytes of a channel to which others write. This reader closes it
   * when closed.
   *
   * @param zerosFrom from where on bytes that are not there (yet) are read as zeros; if one before
   *     is not there, the image has become shorter
   */
  public static ImageReader over(Path path, FileChannel channel, long size, long zerosFrom) {
    return new ImageReader(path, channel, size, zerosFrom, true);
  }

  public Path path() {
    return path;
  }

  /** The size in bytes that the image had when it was opened. */
  public long size() {
    return size;
  }

  /** How many bytes have been read so far. */
  public long bytesRead() {
    return bytesRead.sum();
  }

  /**
   * Fills all that remains of a buffer with the bytes from {@code position} on. Direct buffers
   * spare a copy.
   *
   * @throws ImageException if a byte cannot be read, or if the image has become shorter; how much
   *     of the buffer is filled then is not defined
   * @throws IndexOutOfBoundsException if these bytes are not all below {@link #size()}
   */
  @Override
  public void read(ByteBuffer into, long position) throws ImageException {
    Objects.checkFromIndexSize(position, into.remaining(), size);
    long offset = position;
    int start = into.position();
    int idle = 0;
    try {
      if (fresh != null) {
        fresh.read(into, position);
      }
      offset += into.position() - start;
      while (into.hasRemaining()) {
        int count = channel.read(into, offset);
        if (count < 0 && offset >= zerosFrom) {
          count = into.remaining();
          into.put(ByteBuffer.allocate(count));
        } else if (count < 0) {
          throw new ImageException(path, endsEarly(Math.min(offset, channel.size())), 0);
        }
        idle = Standstill.after(count, idle, path, "read", offset);
        offset += count;
      }
      bytesRead.add(offset - position);
      if (cache != null) {
        cache.read(offset);
      }
    } catch (IOException e) {
      throw SystemErrors.at(path, position + into.position() - start, e);
    }
  }

  /**
   * Reads past the end, for elsewhere the size is believed: the kernel's files, and those of some
   * file systems that a program serves, say any size and hold more.
   *
   * @return false if the size is no longer that which the image had when it was opened
   * @throws ImageException if there are bytes past the end although the size is the same
   */
  public boolean checkEnd() throws ImageException {
    try {
      if (channel.size() != size) {
        return false;
      }
      if (size >= Long.MAX_VALUE - 1 || channel.read(ByteBuffer.allocate(1), size) <= 0) {
        return true; // The system reads nothing at the greatest offset, and has nothing there.
      }
      if (channel.size() != size) {
        return false; // They were appended just now.
      }
    } catch (IOException e) {
      throw SystemErrors.at(path, size, e);
    }
    throw new ImageException(
        path, "has more bytes than its size says (" + size + "), and so cannot be an image", 0);
  }

  private String endsEarly(long end) {
    return "ends at byte " + end + " although it had " + size + " bytes at the start";
  }

  /** May take as long as it takes to write out what is dirty in the cache of the device. */
  @Override
  public void begin() {
    if (fresh != null) {
      fresh.begin();
    }
    boolean direct = fresh != null && fresh.isDirect();
    cache = direct ? null : PageCache.of(path, channel, Math.min(size, zerosFrom));
  }

  /** After {@link #begin}: see {@link FreshReads#warnOfPartialPages}. */
  public void warnOfPartialPages(int blockSize) {
    if (fresh != null) {
      fresh.warnOfPartialPages(blockSize);
    }
  }

  /** What sees to it that nothing old is read of a device; null of a file. */
  FreshReads fresh() {
    return fresh;
  }

  @Override
  public HoleFinder holes() {
    return holes;
  }

  @Override
  public void close() throws ImageException {
    holes.close();
    if (cache != null) {
      cache.close();
    }
    try {
      channel.close();
      if (fresh != null) {
        fresh.close();
      }
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
  }
}
