package io.iblocksync.receive.disk;

import io.iblocksync.image.Zeros;
import io.iblocksync.linux.Errno;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.program.Log;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import java.nio.ByteBuffer;

/**
 * Makes parts of a target zeros. Past the old end of a file there are zeros already; within it, and
 * on devices, it does what the run's settings ask for. If the system cannot do that, it warns once
 * and writes zeros. For one thread.
 */
public final class ZeroMaker {
  /** How many zeros are written at a time. */
  private static final int WRITE_STEP = 1 << 20;

  /** A device is asked to make this many zeros itself; fewer are written sooner. */
  private static final long MIN_ZERO_OUT = 64 << 20;

  /** Discarded or zeroed at a time, so that closing the target never waits for long. */
  private static final long MAX_AT_ONCE = 1 << 30;

  /** What is discarded or zeroed begins and ends at a multiple of this: no sector is larger. */
  private static final long ALIGNMENT = 4096;

  private final Target target;
  private final boolean device;
  private final long oldSize;
  private boolean punch;
  private boolean discard;
  private boolean zeroOut;
  private ByteBuffer zeros;

  /**
   * @param oldSize the target's size before the run; a file has only zeros after it
   */
  public ZeroMaker(Target target, long oldSize, Settings settings) {
    this.target = target;
    this.oldSize = oldSize;
    this.device = target.type() == ImageType.BLOCK_DEVICE;
    this.punch = settings.flag(Setting.SPARSE) && !device;
    this.discard = settings.flag(Setting.DISCARD) && device;
    this.zeroOut = device;
    if (settings.flag(Setting.SPARSE) && device) {
      Log.warn(target.path() + " is a device: --sparse is for files, --discard for devices");
    } else if (settings.flag(Setting.DISCARD) && !device) {
      Log.warn(target.path() + " is a file: --discard is for devices, --sparse for files");
    }
  }

  /** Whether zeros here can be left out or be made by a hole, so that looking for them pays. */
  boolean isFree(long offset) {
    return !device && (punch || offset >= oldSize);
  }

  /**
   * Makes these bytes zeros.
   *
   * @return how many bytes of the target that changed, or could have changed
   */
  long make(long start, long end) throws ImageException {
    long until = device ? end : Math.min(end, oldSize);
    if (until <= start) {
      return 0;
    }
    if (punch && punch(start, until)) {
      return until - start;
    }
    if (discard) {
      long done = Math.min(until, roundUp(start));
      write(start, done);
      for (; discard && until - done >= ALIGNMENT; done += discard(done, until)) {}
      write(done, until);
    } else if (!(zeroOut && until - start >= MIN_ZERO_OUT && zeroOut(start, until))) {
      write(start, until);
    }
    return until - start;
  }

  /** Discards what a device has past the image's end, before that is read and zeroed. */
  void discardRest(long newSize) throws ImageException {
    long end = target.size() - target.size() % ALIGNMENT;
    for (long at = roundUp(newSize); discard && at < end; at += MAX_AT_ONCE) {
      askToDiscard(at, Math.min(MAX_AT_ONCE, end - at));
    }
  }

  /**
   * Makes bytes of a target zeros. Reads them first: on thin volumes and flash, writing zeros over
   * zeros takes space and wears the disk.
   *
   * @return how many bytes had to be written for that
   */
  static long zeroIfNeeded(Target target, long start, long end) throws ImageException {
    ByteBuffer found = ByteBuffer.allocateDirect(WRITE_STEP);
    ByteBuffer zeros = ByteBuffer.allocateDirect(WRITE_STEP);
    long written = 0;
    for (long at = start; at < end; at += found.limit()) {
      int length = (int) Math.min(WRITE_STEP - at % WRITE_STEP, end - at);
      target.read(found.clear().limit(length), at);
      if (!Zeros.isZero(found, 0, length)) {
        target.write(zeros.clear().limit(length), at);
        written += length;
      }
    }
    return written;
  }

  private boolean punch(long start, long end) throws ImageException {
    NativeFile file = target.nativeFile();
    String why = "no native calls";
    if (file != null) {
      try {
        target.punchHole(file, start, end - start);
        return true;
      } catch (ImageException e) {
        why = unsupported(e);
      }
    }
    punch = false;
    Log.warn(target.path() + ": no holes can be made for --sparse, zeros are written: " + why);
    return false;
  }

  /** Discards the next part, reads it back, and returns its length. */
  private long discard(long start, long end) throws ImageException {
    long length = Math.min(MAX_AT_ONCE, (end - start) / ALIGNMENT * ALIGNMENT);
    if (askToDiscard(start, length)) {
      zeroIfNeeded(target, start, start + length);
    } else {
      write(start, start + length);
    }
    return length;
  }

  private boolean askToDiscard(long start, long length) throws ImageException {
    NativeFile file = target.nativeFile();
    String why = "no native calls";
    if (file != null) {
      try {
        file.discard(start, length);
        return true;
      } catch (ImageException e) {
        why = unsupported(e);
      }
    }
    discard = false;
    Log.warn(target.path() + ": nothing can be discarded, zeros are written: " + why);
    return false;
  }

  private boolean zeroOut(long start, long end) throws ImageException {
    NativeFile file = target.nativeFile();
    long from = roundUp(start);
    long to = end / ALIGNMENT * ALIGNMENT;
    if (file != null) {
      try {
        for (long at = from; at < to; at += MAX_AT_ONCE) {
          file.zeroOut(at, Math.min(MAX_AT_ONCE, to - at));
        }
        write(start, from);
        write(to, end);
        return true;
      } catch (ImageException e) {
        Log.debug("zeros are written: " + unsupported(e));
      }
    }
    zeroOut = false;
    return false;
  }

  /** The words of an error that means that the system cannot do this at all; throws others. */
  private static String unsupported(ImageException e) throws ImageException {
    return switch (e.errno()) {
      // A device is busy if other programs use it, too.
      case Errno.EOPNOTSUPP, Errno.ENOSYS, Errno.ENOTTY, Errno.EINVAL, Errno.EBUSY -> e.reason();
      default -> throw e;
    };
  }

  private static long roundUp(long offset) {
    return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private void write(long start, long end) throws ImageException {
    if (zeros == null) {
      zeros = ByteBuffer.allocateDirect(WRITE_STEP);
    }
    for (long at = start; at < end; at += zeros.limit()) {
      zeros.clear().limit((int) Math.min(WRITE_STEP, end - at));
      target.write(zeros, at);
    }
  }
}
