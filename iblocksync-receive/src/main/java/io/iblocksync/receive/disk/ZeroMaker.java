package io.iblocksync.receive.disk;

import io.iblocksync.linux.Errno;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.program.Log;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import java.nio.ByteBuffer;

/**
 * Makes zeros of parts of a target: past the old end of a file there are some already; within it,
 * and on devices, as the run's settings ask for. What the system cannot do is told once, and zeros
 * are written. For one thread.
 */
public final class ZeroMaker {
  private static final int PIECE = 1 << 20;

  /** A device is asked to make so many zeros itself; less than that is written sooner. */
  private static final long MIN_ZERO_OUT = 64 << 20;

  /** Discarded or made zero at once, so that nobody waits for long to close the target. */
  private static final long MAX_AT_ONCE = 1 << 30;

  /** All sectors are this long or shorter. */
  private static final long SECTOR = 4096;

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

  /** Whether zeros at this place can be left out or made by a hole, so that it pays to look. */
  boolean isFree(long offset) {
    return !device && (punch || offset >= oldSize);
  }

  /**
   * Makes zeros of these bytes.
   *
   * @return how many bytes of the target that has changed or could have changed
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
      for (; discard && until - done >= SECTOR; done += discard(done, until)) {}
      write(done, until);
    } else if (!(zeroOut && until - start >= MIN_ZERO_OUT && zeroOut(start, until))) {
      write(start, until);
    }
    return until - start;
  }

  /** Discards what a device has past the image's end, before that is read and made zeros. */
  void discardRest(long newSize) throws ImageException {
    long end = target.size() - target.size() % SECTOR;
    for (long at = roundUp(newSize); discard && at < end; at += MAX_AT_ONCE) {
      askToDiscard(at, Math.min(MAX_AT_ONCE, end - at));
    }
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
    long length = Math.min(MAX_AT_ONCE, (end - start) / SECTOR * SECTOR);
    if (askToDiscard(start, length)) {
      target.clear(start, start + length);
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
    long to = end / SECTOR * SECTOR;
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

  /** The words of an error that says that the system cannot do this at all; throws others. */
  private static String unsupported(ImageException e) throws ImageException {
    return switch (e.errno()) {
      // Busy is a device that others use too.
      case Errno.EOPNOTSUPP,
          Errno.ENOSYS,
          Errno.ENOTTY,
          Errno.EINVAL,
          Errno.EBUSY ->
          e.reason();
      default -> throw e;
    };
  }

  private static long roundUp(long offset) {
    return (offset + SECTOR - 1) / SECTOR * SECTOR;
  }

  private void write(long start, long end) throws ImageException {
    if (zeros == null) {
      zeros = ByteBuffer.allocateDirect(PIECE);
    }
    for (long at = start; at < end; at += zeros.limit()) {
      zeros.clear().limit((int) Math.min(PIECE, end - at));
      target.write(zeros, at);
    }
  }
}
