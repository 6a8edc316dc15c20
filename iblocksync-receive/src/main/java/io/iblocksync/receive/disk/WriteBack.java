package io.iblocksync.receive.disk;

import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.program.Log;

/**
 * Lets the system begin to write to the disk while more is on its way, so that the flush at the end
 * is short. Only where much is written: to load the native calls takes time, too. For one thread.
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

  /** So many bytes have been written, all of them from {@code start} to {@code end}. */
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

  /** All is on the disk: what a new target put into the system's page cache is given back. */
  void flushed() {
    if (written >= MIN_WRITTEN && !off && target.type() == ImageType.MISSING) {
      target.nativeFile().dontNeed(0, 0);
    }
  }
}
