package io.iblocksync.image;

import io.iblocksync.linux.BlockDevice;
import io.iblocksync.linux.DeviceCache;
import io.iblocksync.linux.Errno;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.linux.SystemErrors;
import io.iblocksync.program.Log;
import io.iblocksync.protocol.Printable;
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
 * read of a device is not older than what was on its disk then, see {@link DeviceCache}. A source
 * is read past the page cache: measured, that is faster than through it, and it takes nothing from
 * whoever uses the device. The cache of a target is dropped, and where that cannot be, it is read
 * past its cache, too: what is written to it goes through the cache, and some of it is read twice.
 *
 * <p>Safe for use by several threads; their reads go on at the same time. Whoever opened it closes
 * it. A thread must not be interrupted while it reads: the JDK would close the image under all
 * others.
 */
public final class ImageReader implements Closeable, ReadableImage {
  private static final int PAGE = 4096;

  private final Path path;
  private final FileChannel channel;
  private final long size;

  /** From where on bytes that are not there (yet) are read as zeros. */
  private final long zerosFrom;

  /** Null of a file. */
  private final BlockDevice device;

  /** Whether the image is written to meanwhile, through the same channel. */
  private final boolean written;

  private final HoleFinder holes;
  private final LongAdder bytesRead = new LongAdder();
  private volatile PageCache cache;

  /** Null while the image is read through the page cache. */
  private volatile DirectReader direct;

  /** What else is to be closed, and not earlier, for the sake of locks; null if it is not open. */
  private DirectReader openedDirect;

  private NativeFile openedAgain;

  /** What stays in the cache of a device that is written to; null if nothing does. */
  private volatile String stays;

  private ImageReader(Path path, FileChannel channel, long size, long zerosFrom, boolean written) {
    this.path = path;
    this.channel = channel;
    this.size = size;
    this.zerosFrom = zerosFrom;
    this.written = written;
    this.device = device(path);
    this.holes = new HoleFinder(path, size);
  }

  private static BlockDevice device(Path path) {
    try {
      return ImageType.of(path) == ImageType.BLOCK_DEVICE ? BlockDevice.at(path) : null;
    } catch (IOException e) {
      return null; // Removed since it was opened.
    }
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
      readDirect(into, position);
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

  private void readDirect(ByteBuffer into, long position) throws IOException {
    DirectReader reader = direct;
    if (reader == null) {
      return;
    }
    String problem = "they end early";
    try {
      reader.read(into, position);
    } catch (IOException e) {
      ImageException error = SystemErrors.of(path, e);
      if (error.errno() == Errno.EIO || !channel.isOpen()) {
        throw e; // The cache must not hide what the disk has lost.
      }
      problem = error.reason();
    }
    if (into.hasRemaining()) {
      endDirect(problem);
    }
  }

  /** Reads through the page cache from now on. */
  private synchronized void endDirect(String problem) {
    if (direct != null) {
      String left = drop();
      direct = null; // Not earlier, or other threads would read what is dropped.
      warn(cacheCaveat(problem, left));
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
    if (device != null) {
      passOldCache();
    }
    cache = direct == null ? PageCache.of(path, channel, Math.min(size, zerosFrom)) : null;
  }

  private synchronized void passOldCache() {
    warn(DeviceCache.dropBelow(device));
    stays = written ? drop() : null;
    if (!written || stays != null) {
      readPastCache(DirectReader.open(path), stays);
    }
  }

  /**
   * Reads past the page cache from now on, if that can be.
   *
   * @param left what stays in the cache, if it was dropped
   */
  synchronized void readPastCache(DirectReader reader, String left) {
    openedDirect = reader;
    String problem =
        device.equals(device(path)) ? reader.problem() : "another device stands at the path";
    if (problem == null) {
      Log.debug(path + ": is read past the page cache" + (left == null ? "" : ": " + left));
      direct = reader;
    } else {
      warn(cacheCaveat(problem, left == null ? drop() : left));
    }
  }

  private static String cacheCaveat(String problem, String left) {
    return left == null ? null : "there are no direct reads (" + problem + "), and " + left;
  }

  private void warn(String cacheCaveat) {
    if (cacheCaveat != null) {
      Log.warn(
          Printable.line(
              path
                  + ": what is read may be older than what is on the device: "
                  + cacheCaveat
                  + "; unmount what is mounted on it, or flush the cache with"
                  + " 'blockdev --flushbufs'"));
    }
  }

  /**
   * After {@link #begin}: warns if something of a device stays in the page cache, and blocks are
   * written that are no whole pages. The system makes whole pages of them with what it has cached.
   */
  public void warnOfPartialPages(int blockSize) {
    if (stays != null && blockSize % PAGE != 0) {
      Log.warn(
          Printable.line(
              path
                  + ": "
                  + stays
                  + ": old bytes can be written beside blocks of "
                  + blockSize
                  + " bytes; let --block be a multiple of "
                  + PAGE
                  + ", or end what else uses the device"));
    }
  }

  /** Drops the cache of the device; returns what stays, null for nothing. */
  private String drop() {
    try {
      if (openedAgain == null && NativeFile.isAvailable()) {
        openedAgain = NativeFile.openAgain(path, NativeFile.O_RDONLY);
      }
      if (openedAgain != null) {
        return DeviceCache.drop(openedAgain, channel);
      }
    } catch (ImageException e) {
      Log.debug("cannot open it again: " + e.getMessage());
    }
    return "the page cache cannot be dropped";
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
      closeOthers();
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
  }

  private synchronized void closeOthers() throws IOException {
    if (openedAgain != null) {
      openedAgain.close();
    }
    if (openedDirect != null) {
      openedDirect.close();
    }
  }
}
