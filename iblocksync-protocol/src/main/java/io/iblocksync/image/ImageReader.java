package io.iblocksync.image;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reads an image, a regular file or a block device, at any place.
 *
 * <p>Safe for use by several threads; their reads go on at the same time. Whoever opened it closes
 * it. A thread must not be interrupted while it reads: the JDK would close the image under all
 * others.
 */
public final class ImageReader implements Closeable, HashWorkers.Source {
  private final Path path;
  private final FileChannel channel;
  private final long size;
  private final HoleFinder holes;
  private final LongAdder bytesRead = new LongAdder();
  private volatile PageCache cache;

  private ImageReader(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.size = size;
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
      throw new ImageException(path, "No such file or directory", SystemErrors.ENOENT);
    }
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        // Of a block device too, where Files.size is 0.
        return new ImageReader(path, channel, channel.size());
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
  }

  /** Reads the first {@code size} bytes of a channel, which this reader closes when closed. */
  public static ImageReader over(Path path, FileChannel channel, long size) {
    return new ImageReader(path, channel, size);
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
    try {
      while (into.hasRemaining()) {
        int count = channel.read(into, offset);
        if (count < 0) {
          throw new ImageException(path, endsEarly(Math.min(offset, channel.size())), 0);
        }
        offset += count;
      }
      bytesRead.add(offset - position);
      if (cache != null) {
        cache.read(offset);
      }
    } catch (IOException e) {
      throw SystemErrors.at(path, offset, e);
    }
  }

  private String endsEarly(long end) {
    return "ends at byte " + end + " although it had " + size + " bytes at the start";
  }

  @Override
  public void begin() {
    cache = PageCache.of(path, channel, size);
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
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
  }
}
