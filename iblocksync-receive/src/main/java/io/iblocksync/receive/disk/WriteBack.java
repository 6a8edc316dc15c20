package io.iblocksync.receive.disk;

import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.program.Log;

/**
 * Makes the kernel write to the disk while more data is on its way, so that the flush at the end is
 * short. Only if much is written: loading the native calls takes time, too. For one thread.
 */
final class WriteBack {
  private static final long MIN_WRITTEN = 256L << 20;
  private static final long STEP = 32L << 20;

  private final Target target;
  private long written;
  private long waiting;
  private long from = Long.MAX_VALUE;
  private boolean off;

  WriteBack(Target target) {
    this.target = target;
  }

  /** This many bytes have been written, all of them from {@code start} to {@code end}. */
  void wrote(long start, long end, long bytes) {
    written += bytes;
    waiting += bytes;
    from = Math.min(from, start);
    if (written >= MIN_WRITTEN && waiting >= STEP && !off) {
      begin(end);
      waiting = 0;
      from = Long.MAX_VALUE;
    }
  }

  private void begin(long end) {
    try {
      NativeFile file = target.nativeFile();
      off = file == null;
      if (file != null) {
        file.startWriteBack(from, end - from);
      }
    } catch (ImageException e) {
      Log.debug("nothing is written before the end: " + e.getMessage());
      off = true;
    }
  }

  /** All is on the disk: drops what a new target has put into the page cache. */
  void flushed() {
    if (written >= MIN_WRITTEN && !off && target.type() == ImageType.MISSING) {
      target.nativeFile().dontNeed(0, 0);
    }
  }
}
