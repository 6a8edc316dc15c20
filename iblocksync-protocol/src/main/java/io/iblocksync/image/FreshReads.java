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

/**
 * Sees to it that what is read of a block device is not older than what was on the device when the
 * reading began, see {@link DeviceCache}: other machines, and other devices over the same data, can
 * change it behind the page cache. A source is read past that cache: measured, this is faster than
 * through it, and takes nothing from whoever uses the device. The cache of a target is dropped; and
 * only where that fails it is read past the cache, too, for what is written to a target goes
 * through the cache, and some of it is read twice.
 *
 * <p>Where neither is possible there is a warning, and the device is read through its cache.
 *
 * <p>Reads are safe for use by several threads, at the same time. The monitor guards all else.
 */
final class FreshReads implements Closeable {
  private static final int PAGE = 4096;

  private final Path path;
  private final BlockDevice device;
  private final FileChannel channel;

  /** Whether the device is written to meanwhile, through the same channel. */
  private final boolean written;

  /** Null while the device is read through the page cache. */
  private volatile DirectReader direct;

  /** What else is to be closed, and not earlier, for the sake of locks; null if it is not open. */
  private DirectReader openedDirect;

  private NativeFile openedAgain;

  /** What stays in the cache of a device that is written to; null if nothing does. */
  private String stays;

  private FreshReads(Path path, BlockDevice device, FileChannel channel, boolean written) {
    this.path = path;
    this.device = device;
    this.channel = channel;
    this.written = written;
  }

  /**
   * Prepares for reads of what was opened at a path.
   *
   * @param channel is closed by its owner
   * @param written whether it is written to meanwhile, through the same channel
   * @return null if it is a file
   */
  static FreshReads of(Path path, FileChannel channel, boolean written) {
    BlockDevice device = device(path);
    return device == null ? null : new FreshReads(path, device, channel, written);
  }

  private static BlockDevice device(Path path) {
    try {
      return ImageType.of(path) == ImageType.BLOCK_DEVICE ? BlockDevice.at(path) : null;
    } catch (IOException e) {
      return null; // Removed since it was opened.
    }
  }

  /** May take as long as it takes to write out what is dirty in the cache of the device. */
  synchronized void begin() {
    warn(DeviceCache.dropBelow(device));
    stays = written ? drop() : null;
    if (!written || stays != null) {
      readPastCache(DirectReader.open(path), stays);
    }
  }

  /**
   * Reads past the page cache from now on, if that is possible.
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
      warn(caveat(problem, left == null ? drop() : left));
    }
  }

  /** Whether reads go past the page cache. */
  boolean isDirect() {
    return direct != null;
  }

  /**
   * Reads past the page cache as much as such reads give; the rest, which is all of it where there
   * are none, is to be read through the channel.
   *
   * @throws IOException if the device has lost what is there; the buffer's position says where
   */
  void read(ByteBuffer into, long position) throws IOException {
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
      warn(caveat(problem, left));
    }
  }

  private static String caveat(String problem, String left) {
    return left == null ? null : "there are no direct reads (" + problem + "), and " + left;
  }

  private void warn(String caveat) {
    if (caveat != null) {
      Log.warn(
          Printable.line(
              path
                  + ": what is read may be older than what is on the device: "
                  + caveat
                  + "; unmount what is mounted on it, or flush the cache with"
                  + " 'blockdev --flushbufs'"));
    }
  }

  /**
   * After {@link #begin}: warns if something of the device stays in the page cache, and the blocks
   * that are written are no whole pages: the system makes whole pages of them with what it has
   * cached.
   */
  synchronized void warnOfPartialPages(int blockSize) {
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

  /** Closes what was opened beside the channel. */
  @Override
  public synchronized void close() throws IOException {
    if (openedAgain != null) {
      openedAgain.close();
    }
    if (openedDirect != null) {
      openedDirect.close();
    }
  }
}
