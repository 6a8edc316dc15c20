package io.iblocksync.receive;

import io.iblocksync.endpoint.Log;
import io.iblocksync.image.BlockDevice;
import io.iblocksync.image.ImageException;
import io.iblocksync.image.ImageReader;
import io.iblocksync.image.ImageType;
import io.iblocksync.image.MediumReader;
import io.iblocksync.image.NativeFile;
import io.iblocksync.image.Standstill;
import io.iblocksync.image.SystemErrors;
import io.iblocksync.protocol.ImageDetails;
import io.iblocksync.protocol.Settings;
import io.iblocksync.protocol.Zeros;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The image that is written to. Its life: {@link #probe}, {@link #open}, {@link #prepare}, any
 * number of {@link #read} and {@link #write}, {@link #finish}, {@link #close}.
 *
 * <p>Reading and writing are safe for use by several threads, which must not be interrupted; the
 * other steps are for one thread while no other uses the target.
 */
public final class Target implements Closeable {
  /** How much of the rest of a device is made zero at a time. */
  private static final int PIECE = 1 << 20;

  private final Path path;
  private final ImageType type;
  private final long size;

  /**
   * What is opened: the path itself, for a missing file the place where it will be, for a device
   * its {@link #node}.
   */
  private Path place;

  /** How many bytes a file has from {@link #prepare} on, until it is finished. */
  private long prepared;

  /** Which file was opened, whatever its path leads to later; null for a device. */
  private Object fileKey;

  /**
   * Held by who changes the image, and to close it. So nothing is written any more when the lock is
   * given up, whatever threads a failed run has left at work.
   */
  private final Object changing = new Object();

  /** A new file in which nothing stands yet; it is removed again if it stays so. */
  private boolean blank;

  /** Null of a file. */
  private DeviceLock deviceLock;

  private Claim claim;
  private FileChannel channel;
  private ImageReader reader;
  private NativeFile nativeFile;
  private boolean nativeTried;
  private MediumReader medium;
  private long flushNanos;

  private Target(Path path, ImageType type, long size, Path place) {
    this.path = path;
    this.type = type;
    this.size = size;
    this.place = place;
  }

  /**
   * Looks at a target without changing or creating anything.
   *
   * @throws ImageException if it cannot be an image, or is missing and must or could not be created
   */
  public static Target probe(Path path) throws ImageException {
    ImageType type = ImageType.of(path);
    return switch (type) {
      case MISSING -> new Target(path, type, 0, NewFile.place(path));
      case FILE -> {
        checkFolder(path);
        yield new Target(path, type, fileSize(path), path);
      }
      case BLOCK_DEVICE -> {
        try (ImageReader device = ImageReader.open(path)) {
          yield new Target(path, type, device.size(), path);
        }
      }
    };
  }

  private static void checkFolder(Path path) throws ImageException {
    String forbidden;
    try {
      forbidden = SystemFolders.of(path.toRealPath());
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
    if (forbidden != null) {
      throw new ImageException(path, "is a file " + forbidden + ", where no image can be", 0);
    }
  }

  private static long fileSize(Path path) throws ImageException {
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
  }

  public Path path() {
    return path;
  }

  /**
   * How many bytes the file system of a file can still take, those included that it keeps for the
   * superuser; {@link ImageDetails#UNKNOWN} of a device.
   */
  long room() {
    File folder = place.toAbsolutePath().getParent().toFile();
    // Both are 0 where nothing can be told.
    boolean known = type != ImageType.BLOCK_DEVICE && folder.getTotalSpace() > 0;
    return known ? folder.getFreeSpace() : ImageDetails.UNKNOWN;
  }

  /** What was found at the path when it was probed. */
  public ImageType type() {
    return type;
  }

  /** The size in bytes when it was probed, 0 if it was missing. */
  public long size() {
    return size;
  }

  /**
   * Opens the target for reading and writing, creates it if it was missing, and locks it against
   * other writers of this program until it is closed. While it is locked this process must not open
   * it in any other way: as POSIX has it, closing that would give up the lock.
   *
   * @throws ImageException if that fails, if another one holds the lock, or if the target is not
   *     what it was when it was probed
   */
  public void open() throws ImageException {
    open(Settings.NONE);
  }

  /**
   * Opens the target as {@link #open()} does.
   *
   * @param settings say whether it is opened although others use it
   */
  public void open(Settings settings) throws ImageException {
    if (channel != null) {
      throw new IllegalStateException("already open");
    }
    if (ImageType.of(path) != type) {
      throw changed();
    }
    try {
      if (type == ImageType.BLOCK_DEVICE && BlockDevice.at(path).isReadOnly()) {
        throw new ImageException(path, "is a read-only device", SystemErrors.EROFS);
      }
      place = type == ImageType.BLOCK_DEVICE ? node(path) : place;
      fileKey = type == ImageType.FILE ? fileKey() : null;
      // CREATE_NEW only makes files, and only where probe looked: nothing that was put there since
      // is opened. Without it nothing is made, should the target have gone.
      FileChannel opened =
          type == ImageType.MISSING
              ? FileChannel.open(
                  place,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.CREATE_NEW)
              : FileChannel.open(place, StandardOpenOption.READ, StandardOpenOption.WRITE);
      use(opened, size);
      if (type == ImageType.MISSING) {
        blank = true;
        fileKey = fileKey();
      }
      lock();
      reader.checkEnd();
      if (type != ImageType.MISSING) {
        claim = Claim.of(path, type, settings);
      }
    } catch (IOException e) {
      close();
      throw SystemErrors.of(path, e);
    }
  }

  /**
   * The system's own node of a device. A lock is one of a node, and a device can have several: so
   * all runs must lock the same. Who may not use that one has only the path.
   */
  private static Path node(Path path) throws IOException {
    Path node = BlockDevice.at(path).node();
    boolean usable = node != null && Files.isReadable(node) && Files.isWritable(node);
    return usable ? node : path;
  }

  private void lock() throws IOException {
    if (type == ImageType.BLOCK_DEVICE) {
      deviceLock = new DeviceLock(path, place);
      deviceLock.take(channel);
    } else if (!Lock.take(path, channel)) {
      blank = false; // Who has it may have written to it.
      throw Lock.held(path, place);
    }
    // Until now another run could remove it, if it had made it.
    if (channel.size() != size || (fileKey != null && !fileKey.equals(fileKey()))) {
      blank = false;
      throw changed();
    }
  }

  private ImageException changed() {
    return new ImageException(path, "has changed since the start", 0);
  }

  private void use(FileChannel opened, long readable) {
    channel = opened;
    reader = ImageReader.over(path, opened, readable);
  }

  /**
   * Makes room for an image of {@code newSize} bytes: a shorter file gets a hole at its end, and
   * has that length from now on, also after a power failure: else the next run would have to ask
   * about a size that differs. A target that is longer stays as it is until {@link #finish}.
   *
   * @throws ImageException if a device is too small, or if the file cannot be that long
   */
  public void prepare(long newSize) throws ImageException {
    checkRoom(newSize);
    if (newSize > size) {
      // The JDK could set the length of a RandomAccessFile only, which would create a target that
      // has gone, even in /dev, and cannot open others' files in /tmp (fs.protected_regular).
      write(ByteBuffer.allocate(1), newSize - 1);
      blank = type == ImageType.MISSING; // There is nothing in it but a hole.
      flush();
      use(channel, newSize);
    }
    prepared = Math.max(newSize, size);
  }

  private void checkRoom(long newSize) throws ImageException {
    if (type == ImageType.BLOCK_DEVICE && newSize > size) {
      throw new ImageException(
          path, "is a device of " + size + " bytes, too small for " + newSize + " bytes", 0);
    }
  }

  /**
   * Fills all that remains of a buffer with the bytes from {@code position} on.
   *
   * @throws ImageException if that fails; the reason has the offset
   * @throws IndexOutOfBoundsException if the target, as prepared, does not have these bytes
   */
  public void read(ByteBuffer into, long position) throws ImageException {
    reader.read(into, position);
  }

  /** Reads as {@link #read} does, and knows of holes; from {@link #prepare} on, until closed. */
  public ImageReader reader() {
    return reader;
  }

  /**
   * Writes all that remains of a buffer to {@code position} and on.
   *
   * @throws ImageException if that fails, perhaps after some bytes; the reason has the offset; or
   *     if somebody has cut a file: a write past its end would make zeros of what was lost
   */
  public void write(ByteBuffer from, long position) throws ImageException {
    long offset = position;
    int idle = 0;
    try {
      if (type != ImageType.BLOCK_DEVICE) {
        checkEnd(prepared);
      }
      while (from.hasRemaining()) {
        int count;
        synchronized (changing) {
          count = channel.write(from, offset);
          blank &= count == 0;
        }
        idle = Standstill.after(count, idle, path, "written", offset);
        offset += count;
      }
    } catch (IOException e) {
      throw SystemErrors.at(path, offset, e);
    }
  }

  /**
   * Ends the image after {@code newSize} bytes, by cutting a file, by making the rest of a device
   * zeros, and waits until all that was written is on the disk.
   *
   * @return how many bytes were written for that
   */
  public long finish(long newSize) throws ImageException {
    checkRoom(newSize);
    synchronized (changing) {
      blank = false;
    }
    long written = 0;
    if (type == ImageType.BLOCK_DEVICE) {
      written = clear(newSize, size);
    } else {
      cut(newSize);
    }
    long start = System.nanoTime();
    flush();
    flushNanos = System.nanoTime() - start;
    if (type != ImageType.BLOCK_DEVICE) {
      flushFolder();
    }
    return written;
  }

  private void flush() throws ImageException {
    try {
      channel.force(true);
    } catch (IOException e) {
      ImageException error = SystemErrors.of(path, e);
      // The system keeps what it could not write as if it had: the next run would find it equal.
      String own = MediumReader.giveBackCache(nativeFile());
      String below = MediumReader.giveBackCacheBelow(place);
      boolean forgotten = own == null && below == null;
      String when = forgotten ? " (when flushed)" : " (when flushed; run it again with --verify)";
      throw new ImageException(path, error.reason() + when, error.errno(), e);
    }
  }

  /** How long {@link #finish} waited for the disk. */
  long flushNanos() {
    return flushNanos;
  }

  /** How many bytes have been read since it was opened. */
  long bytesRead() {
    return reader.bytesRead();
  }

  /**
   * A file is there after a power failure only if its folder's entry is on the disk too. Also one
   * that was there at the start can be new: an earlier run, which was interrupted, has made it.
   */
  private void flushFolder() throws ImageException {
    try (FileChannel folder =
        FileChannel.open(place.toRealPath().getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    } catch (IOException e) {
      ImageException error = SystemErrors.of(path, e);
      if (error.errno() == SystemErrors.EIO) {
        throw new ImageException(
            path, error.reason() + " (when its folder was flushed)", error.errno(), e);
      }
      // One that may not be opened, or a file system that cannot do that.
      Log.info("cannot flush the folder of " + path + ": " + e.getMessage());
    }
  }

  private Object fileKey() throws IOException {
    return Files.readAttributes(place, BasicFileAttributes.class).fileKey();
  }

  private void cut(long newSize) throws ImageException {
    synchronized (changing) {
      try {
        if (!fileKey().equals(fileKey)) {
          throw new ImageException(path, "was replaced by another file meanwhile", 0);
        }
        checkEnd(newSize);
        channel.truncate(newSize);
      } catch (IOException e) {
        throw SystemErrors.of(path, e);
      }
    }
  }

  private void checkEnd(long expected) throws IOException {
    long end = channel.size();
    if (end < expected) {
      throw new ImageException(
          path, "ends at byte " + end + " although it should have " + expected + " bytes", 0);
    }
  }

  /**
   * Makes zeros of a part. Reads first: on thin volumes and flash, writing zeros over zeros costs
   * room and life.
   *
   * @return how many bytes had to be written for that
   */
  long clear(long start, long end) throws ImageException {
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
    ByteBuffer zeros = ByteBuffer.allocateDirect(PIECE);
    long written = 0;
    long offset = start;
    while (offset < end) {
      int length = (int) Math.min(PIECE - offset % PIECE, end - offset);
      read(piece.clear().limit(length), offset);
      if (!Zeros.isZero(piece, 0, length)) {
        write(zeros.clear().limit(length), offset);
        written += length;
      }
      offset += length;
    }
    return written;
  }

  /**
   * The open target for what the JDK's channel cannot do, opened at the first call; null if that
   * cannot be. Closed with the target, for that gives up the lock.
   */
  NativeFile nativeFile() {
    if (claim != null && claim.held() != null) {
      return claim.held();
    }
    synchronized (changing) {
      if (!nativeTried) {
        nativeTried = true;
        try {
          nativeFile =
              NativeFile.isAvailable() ? NativeFile.openAgain(place, NativeFile.O_RDWR) : null;
        } catch (ImageException e) {
          Log.debug("no native calls: " + e.getMessage());
        }
      }
      return nativeFile;
    }
  }

  /** Opens it a second time, to read it from its medium; until it is closed. */
  MediumReader medium() throws ImageException {
    // Before it holds up close: it may take seconds.
    String doubt = MediumReader.giveBackCache(nativeFile());
    String below = MediumReader.giveBackCacheBelow(place);
    synchronized (changing) {
      medium = MediumReader.open(place, reader, doubt, below);
      return medium;
    }
  }

  /**
   * Closes the target and gives up its lock, after a write that is under way; those that come later
   * fail. A new file in which nothing stands yet is removed. Does nothing if it is not open.
   */
  @Override
  public void close() throws ImageException {
    synchronized (changing) {
      if (blank) {
        NewFile.remove(place, fileKey);
        blank = false;
      }
      if (medium != null) {
        medium.close();
      }
      if (nativeFile != null) {
        nativeFile.close();
        nativeFile = null;
      }
      try {
        if (reader != null) {
          reader.close();
        }
      } finally {
        if (claim != null) {
          claim.close();
        }
        if (deviceLock != null) {
          deviceLock.close();
        }
      }
    }
  }
}
