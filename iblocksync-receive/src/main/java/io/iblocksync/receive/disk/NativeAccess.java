package io.iblocksync.receive.disk;

import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.program.Log;
import java.nio.file.Path;

/**
 * A second descriptor of the open target, for system calls that the JDK's channel lacks; opened
 * when it is first needed, since loading native calls takes 70 ms. Safe for use by several threads.
 */
final class NativeAccess {
  private final Path place;

  /** Whether {@link #file} is final. Guarded by this object, as is the file. */
  private boolean tried;

  /** Null until it is needed, where it cannot be opened, and once closed. */
  private NativeFile file;

  /**
   * @param place where the target is
   */
  NativeAccess(Path place) {
    this.place = place;
  }

  /** Null if there are no native calls, if the target cannot be opened again, or after closing. */
  synchronized NativeFile file() {
    if (!tried) {
      tried = true;
      try {
        file = NativeFile.isAvailable() ? NativeFile.openAgain(place, NativeFile.O_RDWR) : null;
      } catch (ImageException e) {
        Log.debug("no native calls: " + e.getMessage());
      }
    }
    return file;
  }

  /** Releases the lock on a file, too (POSIX). */
  synchronized void close() {
    tried = true;
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
