package io.iblocksync.receive.disk;

import io.iblocksync.linux.Errno;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.SystemErrors;
import io.iblocksync.program.Log;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** The directory of a target that is a file. */
final class Directory {
  private Directory() {}

  /**
   * Brings the entry of a target to stable storage: after a power failure a file is there only if
   * its directory's entry is on the disk, too. Even a file that was there at the start can be new:
   * an earlier run that was interrupted may have created it.
   *
   * @param path the target's, for messages
   * @param place where it is
   * @throws ImageException if that fails; but not without permission to read the directory, nor if
   *     its file system cannot flush directories
   */
  static void flush(Path path, Path place) throws ImageException {
    FileChannel directory;
    try {
      directory = FileChannel.open(place.toRealPath().getParent(), StandardOpenOption.READ);
    } catch (IOException e) {
      passOver(path, e, Set.of(Errno.EACCES));
      return;
    }
    try (directory) {
      directory.force(true);
    } catch (IOException e) {
      passOver(path, e, Set.of(Errno.EINVAL, Errno.EBADF, Errno.EOPNOTSUPP));
    }
  }

  private static void passOver(Path path, IOException e, Set<Integer> harmless)
      throws ImageException {
    ImageException error = SystemErrors.of(path, e);
    if (!harmless.contains(error.errno())) {
      throw new ImageException(
          path, error.reason() + " (when its directory was flushed)", error.errno(), e);
    }
    Log.info("cannot flush the directory of " + error.getMessage());
  }
}
