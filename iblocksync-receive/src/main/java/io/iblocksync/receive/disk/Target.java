package io.iblocksync.receive.disk;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.iblocksync.image.ImageReader;
import io.iblocksync.image.Standstill;
import io.iblocksync.image.Zeros;
import io.iblocksync.linux.BlockDevice;
import io.iblocksync.linux.Errno;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.linux.SystemErrors;
import io.iblocksync.program.Log;
import io.iblocksync.protocol.Settings;
import io.iblocksync.receive.guard.DeviceLock;
import io.iblocksync.receive.guard.ExclusiveHold;
import io.iblocksync.receive.guard.NewFile;
import io.iblocksync.receive.guard.PosixLock;
import io.iblocksync.receive.guard.SystemFolders;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

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

  /** Null of a device, and before it is open. */
  private Length length;

  /** Which file was opened, whatever its path leads to later; null for a device. */
  private Object fileKey;

  /**
   * Held by who changes the image, and to close it. So nothing is written any more when the lock is
   * given up, whatever threads a failed run has left at work.
   */
  private final Object changing = new Object();

  /**
   * Whether this run has not yet written to a file; if that stays so, a new one is removed again,
   * and one that has grown gets its old length.
   */
  private boolean untouched;

  /** Null of a file. */
  private DeviceLock deviceLock;

  private ExclusiveHold claim;
  private FileChannel channel;
  private ImageReader reader;
  private NativeFile nativeFile;
  private boolean nativeTried;
  private VerifyReader medium;
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

  /** What the file system has for it. */
  public Space space() {
    return new Space(place, type, size);
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
        throw new ImageException(path, "is a read-only device", Errno.EROFS);
      }
      place = type == ImageType.BLOCK_DEVICE ? node(path) : place;
      openChannel();
      untouched = true;
      if (type == ImageType.MISSING) {
        fileKey = fileKey();
      }
      length = type == ImageType.BLOCK_DEVICE ? null : new Length(path, channel, size);
      lock();
      reader.checkEnd();
      if (type != ImageType.MISSING) {
        claim = ExclusiveHold.of(path, type, settings);
        ExclusiveHold.warnOfOtherNames(path, type);
      }
    } catch (IOException e) {
      close();
      throw SystemErrors.of(path, e);
    }
  }

  /** Makes nothing, should a target that was there have gone. */
  private void openChannel() throws IOException {
    if (type == ImageType.MISSING) {
      use(NewFile.create(place), size);
      return;
    }
    Object before = type == ImageType.FILE ? fileKey() : null;
    use(FileChannel.open(place, READ, WRITE), size);
    fileKey = type == ImageType.FILE ? fileKey() : null;
    if (!Objects.equals(fileKey, before)) {
      // Overlayfs copies a file when it is opened for writing; if that had several names, the copy
      // has another inode.
      channel.close();
      use(FileChannel.open(place, READ, WRITE), size);
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
    } else if (!PosixLock.take(path, channel)) {
      // Who has it may be about to write to it.
      untouched = channel.size() == 0 && !PosixLock.isSeen(place);
      throw PosixLock.held(path, place);
    }
    // Until now another run could remove it, if it had made it.
    if (channel.size() != size || (fileKey != null && !fileKey.equals(fileKey()))) {
      untouched = false;
      throw changed();
    }
  }

  private ImageException changed() {
    return new ImageException(path, "has changed since the start", 0);
  }

  private void use(FileChannel opened, long readable) {
    channel = opened;
    reader = ImageReader.over(path, opened, readable, size);
  }

  /**
   * Says that the image will have {@code newSize} bytes. Nothing changes yet: a shorter file is
   * read as if it had zeros at its end, and gets a hole there with the first change. A target that
   * is longer stays as it is until {@link #finish}.
   *
   * @throws ImageException if a device is too small
   */
  public void prepare(long newSize) throws ImageException {
    checkRoom(newSize);
    use(channel, Math.max(newSize, size));
    if (length != null) {
      length.want(newSize);
    }
  }

  /**
   * Gives a file that is to be longer its length before it is changed, also for after a power
   * failure: else the run after one that was interrupted would have to ask about a size that
   * differs.
   *
   * @throws ImageException if the file cannot be that long
   */
  private void grow() throws ImageException {
    synchronized (changing) {
      if (length == null || !length.mustGrow()) {
        return;
      }
      if (space().room() == 0) {
        // A write that fails can change the time of the last one.
        throw new ImageException(path, "No space left on device", Errno.ENOSPC);
      }
      boolean before = untouched;
      // The JDK could set the length of a RandomAccessFile only, which would create a target that
      // has gone, even in /dev, and cannot open others' files in /tmp (fs.protected_regular).
      put(ByteBuffer.allocate(1), length.beforeGrowing());
      length.hasGrown();
      untouched = before; // There is nothing more in it than a hole.
    }
    flush();
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
    grow();
    if (length != null) {
      length.beforeWriting(from.remaining(), position + from.remaining());
    }
    put(from, position);
  }

  /** Makes a hole of these bytes of a file, by the {@link #nativeFile}. */
  void punchHole(NativeFile file, long start, long bytes) throws ImageException {
    grow();
    file.punchHole(start, bytes);
    synchronized (changing) {
      untouched = false;
    }
  }

  private void put(ByteBuffer from, long position) throws ImageException {
    long offset = position;
    int idle = 0;
    try {
      while (from.hasRemaining()) {
        int count;
        synchronized (changing) {
          count = channel.write(from, offset);
          untouched &= count == 0;
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
    grow();
    synchronized (changing) {
      untouched = false;
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
      Directory.flush(path, place);
    }
    return written;
  }

  private void flush() throws ImageException {
    try {
      channel.force(true);
    } catch (IOException e) {
      ImageException error = SystemErrors.of(path, e);
      // The system keeps what it could not write as if it had: the next run would find it equal.
      String own = VerifyReader.giveBackCache(nativeFile());
      String below = VerifyReader.giveBackCacheBelow(place);
      boolean forgotten = own == null && below == null;
      String when = forgotten ? " (when flushed)" : " (when flushed; run it again with --verify)";
      throw new ImageException(path, error.reason() + when, error.errno(), e);
    }
  }

  /** How long {@link #finish} waited for the disk. */
  public long flushNanos() {
    return flushNanos;
  }

  /** How many bytes have been read since it was opened. */
  public long bytesRead() {
    return reader.bytesRead();
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
        length.cut(newSize);
      } catch (IOException e) {
        throw SystemErrors.of(path, e);
      }
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
  public VerifyReader medium() throws ImageException {
    // Before it holds up close: it may take seconds.
    String doubt = VerifyReader.giveBackCache(nativeFile());
    String below = VerifyReader.giveBackCacheBelow(place);
    synchronized (changing) {
      medium = VerifyReader.open(place, reader, doubt, below);
      return medium;
    }
  }

  /**
   * Closes the target and gives up its lock, after a write that is under way; those that come later
   * fail. A file that nothing was written to becomes what it was. Does nothing if it is not open.
   */
  @Override
  public void close() throws ImageException {
    synchronized (changing) {
      if (untouched && type == ImageType.MISSING) {
        NewFile.remove(place, fileKey);
      } else if (untouched && length != null) {
        length.takeBack();
      }
      untouched = false;
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
