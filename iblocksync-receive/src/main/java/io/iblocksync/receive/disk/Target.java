package io.iblocksync.receive.disk;

import io.iblocksync.image.ImageReader;
import io.iblocksync.image.Standstill;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.linux.SystemErrors;
import io.iblocksync.protocol.Settings;
import io.iblocksync.receive.disk.TargetLife.State;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The open image that is written to. Its life: {@link TargetProbe#open}, {@link #prepare}, any
 * number of {@link #read} and {@link #write}, {@link #finish}, perhaps {@link #reopen}, {@link
 * #close}.
 *
 * <p>Reading and writing are safe for use by several threads, which must not be interrupted; the
 * other steps are for one thread while no other uses the target.
 *
 * <p>Every change holds {@link #changing}, and so does {@link #close}: nothing is written after the
 * lock on the target is released, whatever threads a failed run has left at work. It is taken
 * before all other locks, and held for no more than one write, so that close never waits for long.
 */
public abstract class Target implements Closeable {
  final Path path;

  /** What is open: the path, the place of a file that was missing, or a device's own node. */
  final Path place;

  final long size;
  final FileChannel channel;
  final Object changing = new Object();

  /** Whether nothing was written yet. Guarded by {@link #changing}. */
  boolean untouched = true;

  private final ProbedImage probed;
  private final NativeAccess nativeAccess;
  private final List<VerifyReader> reopened = new ArrayList<>();
  private final TargetLife life;
  private ImageReader reader;
  private long flushNanos;

  Target(ProbedImage probed, Path place, FileChannel channel) {
    this.probed = probed;
    this.path = probed.path();
    this.size = probed.size();
    this.place = place;
    this.channel = channel;
    this.life = new TargetLife(path);
    this.nativeAccess = new NativeAccess(place);
    this.reader = ImageReader.over(path, channel, size, size);
  }

  /** Keeps others away and checks that it is still what was probed; closes it if that fails. */
  final void secure(Settings settings) throws IOException {
    boolean secured = false;
    try {
      lock();
      reader.checkEnd();
      hold(settings);
      secured = true;
    } finally {
      if (!secured) {
        close();
      }
    }
  }

  /**
   * Locks it against other runs, and then checks that it has not changed: until it was locked,
   * another run could change it.
   */
  abstract void lock() throws IOException;

  /** Keeps other programs away, or refuses a target that they use. */
  abstract void hold(Settings settings) throws IOException;

  /** The image will have {@code newSize} bytes. */
  abstract void expectSize(long newSize) throws ImageException;

  /** Before anything is changed. */
  void beforeChange() throws ImageException {}

  /** After {@link #beforeChange}, before bytes up to {@code end} are written. */
  void beforeWrite(long bytes, long end) throws ImageException {}

  /**
   * Ends the image after {@code newSize} bytes.
   *
   * @return how many bytes were written for that
   */
  abstract long endAt(long newSize) throws ImageException;

  /** After the image was flushed at its end. */
  void afterFlush() throws ImageException {}

  /**
   * Undoes what opening and {@link #beforeChange} did; nothing was written since. Holds {@link
   * #changing}.
   */
  void restore() {}

  /** Closes what else is open. */
  void release() {}

  /** The path as the user named it, for messages. */
  public final Path path() {
    return path;
  }

  /** What was found at the path when it was probed. */
  public final ImageType type() {
    return probed.type();
  }

  /** The size in bytes when it was probed, 0 if it was missing. */
  public final long size() {
    return size;
  }

  final ImageException changed() {
    return probed.changed();
  }

  /**
   * Says that the image will have {@code newSize} bytes. Nothing changes yet: a shorter file is
   * read as if it had zeros at its end, and grows before the first change. A longer target stays as
   * it is until {@link #finish}.
   *
   * @throws ImageException if a device is too small
   */
  public final void prepare(long newSize) throws ImageException {
    life.expect(State.PREPARE);
    expectSize(newSize);
    reader = ImageReader.over(path, channel, Math.max(newSize, size), size);
    life.advance(State.PREPARE, State.WRITE);
  }

  /**
   * Fills all that remains of a buffer with the bytes from {@code position} on.
   *
   * @throws ImageException if that fails; the reason has the offset
   * @throws IndexOutOfBoundsException if the target, as prepared, does not have these bytes
   */
  public final void read(ByteBuffer into, long position) throws ImageException {
    reader.read(into, position);
  }

  /** Reads as {@link #read} does, and knows of holes; from {@link #prepare} on, until closed. */
  public final ImageReader reader() {
    return reader;
  }

  /** How many bytes have been read since it was prepared. */
  public final long bytesRead() {
    return reader.bytesRead();
  }

  /**
   * Writes all that remains of a buffer to {@code position} and on.
   *
   * @throws ImageException if that fails, perhaps after some bytes; the reason has the offset; or
   *     if another program has truncated a file: a write past its end would turn what was lost into
   *     zeros
   */
  public final void write(ByteBuffer from, long position) throws ImageException {
    life.expect(State.WRITE);
    beforeChange();
    beforeWrite(from.remaining(), position + from.remaining());
    put(from, position);
  }

  /** Punches a hole into a file, through its {@link #nativeFile}. */
  final void punchHole(NativeFile file, long start, long bytes) throws ImageException {
    life.expect(State.WRITE);
    beforeChange();
    file.punchHole(start, bytes);
    touch();
  }

  final void touch() {
    synchronized (changing) {
      untouched = false;
    }
  }

  final void put(ByteBuffer from, long position) throws ImageException {
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
   * Ends the image after {@code newSize} bytes, by truncating a file or zeroing the rest of a
   * device, and waits until all that was written is on stable storage.
   *
   * @return how many bytes were written for that
   */
  public final long finish(long newSize) throws ImageException {
    life.expect(State.WRITE);
    beforeChange();
    touch();
    long written = endAt(newSize);
    long start = System.nanoTime();
    flush();
    flushNanos = System.nanoTime() - start;
    afterFlush();
    life.advance(State.WRITE, State.CLOSE);
    return written;
  }

  final void flush() throws ImageException {
    assert !Thread.holdsLock(changing) : "close() would wait for the disk";
    try {
      channel.force(true);
    } catch (IOException e) {
      ImageException error = SystemErrors.of(path, e);
      // What the kernel could not write stays in the page cache as if it were on the disk: the next
      // run would find it equal.
      boolean dropped = CacheDropper.drop(nativeFile(), place).isNone();
      String when = dropped ? " (when flushed)" : " (when flushed; run it again with --verify)";
      throw new ImageException(path, error.reason() + when, error.errno(), e);
    }
  }

  /** How long {@link #finish} waited for the disk. */
  public final long flushNanos() {
    return flushNanos;
  }

  /**
   * The open target for system calls that the JDK's channel lacks, opened at the first call; null
   * if that is not possible. Closed with the target, since closing it releases the lock.
   */
  NativeFile nativeFile() {
    return nativeAccess.file();
  }

  /**
   * Opens the finished target a second time, to read it from stable storage. Closed with the
   * target.
   */
  public final VerifyReader reopen() throws ImageException {
    life.expect(State.CLOSE);
    assert !Thread.holdsLock(changing) : "close() would wait for the page cache";
    CacheDropper.Caveats caveats = CacheDropper.drop(nativeFile(), place);
    synchronized (changing) {
      life.expect(State.CLOSE);
      VerifyReader opened = VerifyReader.open(place, reader, caveats);
      reopened.add(opened);
      return opened;
    }
  }

  /**
   * Closes the target and releases its lock, after a write in progress; later ones fail. A file
   * that nothing was written to becomes what it was. Does nothing if it is closed already.
   */
  @Override
  public final void close() throws ImageException {
    synchronized (changing) {
      if (!life.end()) {
        return;
      }
      if (untouched) {
        restore();
      }
      nativeAccess.close();
      try {
        for (VerifyReader other : reopened) {
          other.close();
        }
        reader.close();
      } finally {
        release();
      }
    }
  }
}
