package io.iblocksync.linux;

import static java.nio.ByteOrder.nativeOrder;

import io.iblocksync.program.Log;
import io.iblocksync.program.Tasks;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;

/**
 * A file or device opened by the system's own call, for what the JDK cannot do. Optional: where
 * {@link #isAvailable} is false (JNA's library cannot be loaded), everything works without it, more
 * slowly.
 *
 * <p>Safe for use by several threads. Their calls wait for each other; {@link #close} waits for
 * calls in progress, and later calls fail.
 */
public final class NativeFile implements Closeable {
  /** Flags for {@link #open}, of Linux on all processors that Java 17 runs on. */
  public static final int O_RDONLY = 0;

  public static final int O_RDWR = 2;
  public static final int O_EXCL = 0200;

  private static final int O_CLOEXEC = 02000000;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int MAX_COUNTED = 100_000;
  private static final int FADV_DONTNEED = 4;
  private static final int FALLOC_FL_KEEP_SIZE = 1;
  private static final int FALLOC_FL_PUNCH_HOLE = 2;
  private static final int SYNC_FILE_RANGE_WRITE = 2;
  private static final int PROT_READ = 1;
  private static final int MAP_SHARED = 1;

  /** How much is mapped at a time, a multiple of all page sizes. */
  private static final int MAPPED = 64 << 20;

  private static final int F_GETLK = 5;
  private static final int F_OFD_SETLK = 37;
  private static final short F_RDLCK = 0;
  private static final short F_WRLCK = 1;

  /** Shorts in the {@code flock} of fcntl(2); the first one is the type. */
  private static final int FLOCK_SHORTS = 32 / Short.BYTES;

  private static final int FLOCK_START = 8;
  private static final int FLOCK_LENGTH = 16;

  /** {@code _IO(0x12, 119)} and {@code _IO(0x12, 127)} of linux/fs.h. */
  private static final long BLKDISCARD = 0x1277;

  private static final long BLKZEROOUT = 0x127f;

  /** Of linux/loop.h, with where the {@code loop_info64} that it fills in has its fields. */
  private static final long LOOP_GET_STATUS64 = 0x4c05;

  private static final int LO_LONGS = 232 / Long.BYTES;
  private static final int LO_DEVICE = 0;
  private static final int LO_INODE = 1;
  private static final int LO_RDEVICE = 2;

  /** The number of cachestat(2), which is the same on all processors. */
  private static final long CACHESTAT = 451;

  private static final int CACHESTAT_LONGS = 5;

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private final Path path;

  /** -1 when closed: the system may give its number to another file then. */
  private int fd;

  private NativeFile(Path path, int fd) {
    this.path = path;
    this.fd = fd;
  }

  /** Whether this class can be used; the first call loads JNA. */
  public static boolean isAvailable() {
    return Availability.AVAILABLE;
  }

  /** Loads JNA, which takes 70 ms, on a thread of its own. */
  public static void warmUp() {
    Tasks.background("native", NativeFile::isAvailable);
  }

  /**
   * Opens the file or device at a path.
   *
   * @param flags such as {@link #O_RDWR}; {@code O_CLOEXEC} is added
   * @throws ImageException in the system's words and with its errno
   * @throws IllegalStateException if this class is not available
   */
  public static NativeFile open(Path path, int flags) throws ImageException {
    if (!isAvailable()) {
      throw new IllegalStateException("native calls are not available");
    }
    byte[] name = path.toString().getBytes(Charset.forName(System.getProperty("sun.jnu.encoding")));
    byte[] terminated = Arrays.copyOf(name, name.length + 1);
    int fd = Posix.open(terminated, flags | O_CLOEXEC, 0);
    if (fd < 0) {
      throw error(path, "");
    }
    return new NativeFile(path, fd);
  }

  public Path path() {
    return path;
  }

  /**
   * Opens a file or device that this process has open already, for what the JDK's channel cannot do
   * with it. (The channel does not give its descriptor.) Closing the result releases all POSIX
   * locks of this process on the file (see fcntl(2)).
   *
   * @return null if something else is at the path by now, or if the system does not say
   * @throws ImageException as {@link #open} does
   */
  public static NativeFile openAgain(Path path, int flags) throws ImageException {
    NativeFile file = open(path, flags);
    try {
      if (file.isOpenElsewhere()) {
        return file;
      }
      Log.debug(path + " is not the file that was opened");
      file.close();
    } catch (IOException | DirectoryIteratorException e) {
      // It stays open, for the sake of the locks: it may be the same file.
      Log.debug("cannot find out whether " + path + " is the file that was opened: " + e);
    }
    return null;
  }

  /** Whether another descriptor of this process is for the same file. */
  private boolean isOpenElsewhere() throws IOException {
    Object key = fileKey();
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : descriptors) {
        if (!descriptor.equals(descriptor()) && key.equals(keyOf(descriptor))) {
          return true;
        }
      }
    }
    return false;
  }

  private static Object keyOf(Path descriptor) {
    try {
      return Files.readAttributes(descriptor, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return null; // Closed meanwhile, such as that of the listing itself.
    }
  }

  private synchronized Path descriptor() {
    return DESCRIPTORS.resolve(Integer.toString(fd));
  }

  /** The size of a file in bytes. */
  public long size() throws IOException {
    return Files.size(descriptor());
  }

  /** Which file this is, as {@link BasicFileAttributes#fileKey()} has it. */
  public Object fileKey() throws IOException {
    return Files.readAttributes(descriptor(), BasicFileAttributes.class).fileKey();
  }

  /**
   * Where the next byte that may be data is, from {@code offset} on.
   *
   * @return {@link Long#MAX_VALUE} if there is none
   * @throws ImageException also if the file system or device does not know of holes
   */
  public long nextData(long offset) throws ImageException {
    return seek(offset, SEEK_DATA);
  }

  /** Where the next hole is, at or after {@code offset}; the end of the file counts as one. */
  public long nextHole(long offset) throws ImageException {
    return seek(offset, SEEK_HOLE);
  }

  /**
   * How many bytes are not holes, at least: counting stops after many holes.
   *
   * @throws ImageException as {@link #nextData} does
   */
  public long dataBytes() throws ImageException {
    long bytes = 0;
    long data = nextData(0);
    for (int i = 0; i < MAX_COUNTED && data != Long.MAX_VALUE; i++) {
      long hole = nextHole(data);
      if (hole == Long.MAX_VALUE) {
        break; // The file has shrunk.
      }
      bytes += hole - data;
      data = nextData(hole);
    }
    return bytes;
  }

  private synchronized long seek(long offset, int whence) throws ImageException {
    long found = Posix.lseek(fd, offset, whence);
    if (found >= 0) {
      return found;
    }
    if (Posix.errno() == Errno.ENXIO) {
      return Long.MAX_VALUE;
    }
    throw error(path, " (at byte " + offset + ")");
  }

  /** Drops these bytes from the page cache; dirty pages stay. */
  public synchronized void dontNeed(long offset, long length) {
    int errno = Posix.posix_fadvise(fd, offset, length, FADV_DONTNEED);
    if (errno != 0) {
      Log.debug(path + ": cannot drop the page cache: " + Posix.strerror(errno));
    }
  }

  /**
   * How many bytes of a file are in the page cache, counted in whole pages, except in long holes.
   * This takes about 10 seconds for each TiB of data.
   *
   * @throws ImageException if the system does not say, or if the file system does not know of holes
   */
  public long cachedBytes() throws ImageException {
    int page = Posix.getpagesize();
    byte[] pages = new byte[MAPPED / page];
    long cached = 0;
    for (long at = nextData(0); at != Long.MAX_VALUE; at = nextData(at + MAPPED)) {
      at -= at % page;
      cached += cachedPages(at, pages);
    }
    return cached * page;
  }

  /** The same for a block device of this size. Linux 6.5 and later know it at once. */
  long cachedBytes(long size) throws ImageException {
    long pages = countCachedPages();
    return pages < 0 ? cachedBytesByLooking(size) : pages * Posix.getpagesize();
  }

  long cachedBytesByLooking(long size) throws ImageException {
    int page = Posix.getpagesize();
    byte[] pages = new byte[MAPPED / page];
    long cached = 0;
    for (long at = 0; at < size; at += MAPPED) {
      cached += cachedPages(at, pages);
    }
    return cached * page;
  }

  /** How many of its pages are cached; -1 if the system does not count them. */
  private synchronized long countCachedPages() {
    long[] counts = new long[CACHESTAT_LONGS];
    return Posix.syscall(CACHESTAT, fd, new long[2], counts, 0) == 0 ? counts[0] : -1;
  }

  private int cachedPages(long offset, byte[] pages) throws ImageException {
    lookAtCache(offset, pages);
    int cached = 0;
    for (byte state : pages) {
      cached += state & 1;
    }
    return cached;
  }

  /** Maps it but touches nothing, so nothing is read; past the file's end nothing is cached. */
  private synchronized void lookAtCache(long offset, byte[] pages) throws ImageException {
    long address = Posix.mmap(0, MAPPED, PROT_READ, MAP_SHARED, fd, offset);
    check(address == -1 ? -1 : 0, offset);
    try {
      check(Posix.mincore(address, MAPPED, pages), offset);
    } finally {
      Posix.munmap(address, MAPPED);
    }
  }

  /** Punches a hole into a file. */
  public synchronized void punchHole(long offset, long length) throws ImageException {
    check(Posix.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length), offset);
  }

  /** Makes the system begin to write these bytes to the disk, if they are dirty. */
  public synchronized void startWriteBack(long offset, long length) throws ImageException {
    check(Posix.sync_file_range(fd, offset, length, SYNC_FILE_RANGE_WRITE), offset);
  }

  /** Makes these bytes of a block device zeros; they must be whole sectors. */
  public synchronized void zeroOut(long offset, long length) throws ImageException {
    check(Posix.ioctl(fd, BLKZEROOUT, new long[] {offset, length}), offset);
  }

  /** Discards these bytes of a block device; their content then is undefined. */
  public synchronized void discard(long offset, long length) throws ImageException {
    check(Posix.ioctl(fd, BLKDISCARD, new long[] {offset, length}), offset);
  }

  /**
   * Locks a part of it for this descriptor, also against locks of POSIX, until this one is closed;
   * closing other descriptors does not matter.
   *
   * @param length 0 for all to the end
   * @return false if somebody else holds a lock
   * @throws ImageException also if the system is too old for such locks
   */
  public synchronized boolean tryLock(long start, long length) throws ImageException {
    short[] lock = writeLock(start, length);
    if (Posix.fcntl(fd, F_OFD_SETLK, lock) == 0) {
      return true;
    }
    if (Posix.errno() == Errno.EAGAIN) {
      return false;
    }
    throw error(path, " (when locked)");
  }

  /**
   * Whether anybody else holds a lock for writing on any part of it, such as another host through a
   * network file system; locks of POSIX of this process do not count.
   */
  synchronized boolean isWriteLocked() throws ImageException {
    short[] lock = writeLock(0, 0);
    lock[0] = F_RDLCK; // Only a lock for writing prevents one for reading.
    if (Posix.fcntl(fd, F_GETLK, lock) != 0) {
      throw error(path, " (when asked for locks)");
    }
    return lock[0] == F_WRLCK;
  }

  private static short[] writeLock(long start, long length) {
    ByteBuffer flock = ByteBuffer.allocate(FLOCK_SHORTS * Short.BYTES).order(nativeOrder());
    flock.putShort(F_WRLCK).putLong(FLOCK_START, start).putLong(FLOCK_LENGTH, length);
    short[] lock = new short[FLOCK_SHORTS];
    flock.rewind().asShortBuffer().get(lock);
    return lock;
  }

  /** For a loop device: the file or block device that holds its data. */
  synchronized FileId loopBacking() throws ImageException {
    long[] info = new long[LO_LONGS];
    if (Posix.ioctl(fd, LOOP_GET_STATUS64, info) != 0) {
      throw error(path, "");
    }
    return info[LO_RDEVICE] == 0
        ? new FileId(null, info[LO_DEVICE], info[LO_INODE])
        : FileId.of(BlockDevice.of(BlockDevice.number(info[LO_RDEVICE])));
  }

  private void check(int result, long offset) throws ImageException {
    if (result != 0) {
      throw error(path, " (at byte " + offset + ")");
    }
  }

  private static ImageException error(Path path, String where) {
    int errno = Posix.errno();
    return new ImageException(path, Posix.strerror(errno) + where, errno);
  }

  @Override
  public synchronized void close() {
    if (fd >= 0) {
      Posix.close(fd);
      fd = -1;
    }
  }

  /** Tries once to load JNA, when it is first touched. */
  private static final class Availability {
    static final boolean AVAILABLE = load();

    private static boolean load() {
      try {
        return Posix.strerror(Errno.ENXIO) != null;
      } catch (Throwable e) {
        Log.debug("native calls are not available: " + e);
        return false;
      }
    }
  }
}
