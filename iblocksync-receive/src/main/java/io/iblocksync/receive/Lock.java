package io.iblocksync.receive;

import io.iblocksync.endpoint.Log;
import io.iblocksync.image.BlockDevice;
import io.iblocksync.image.ImageException;
import io.iblocksync.image.Processes;
import io.iblocksync.image.SystemErrors;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Locks a target against other runs. The lock is one of POSIX: it reaches other hosts where the
 * network's file system has locks, and it goes with its process, however that ends, or as soon as
 * the process closes any descriptor of the target.
 *
 * <p>A file system without locks is written to all the same, with a warning: else it could not be
 * used at all, whereas two runs at the same time are a mistake that few make.
 */
final class Lock {
  private static final Path LOCKS = Path.of("/proc/locks");

  private Lock() {}

  /**
   * Locks what a channel has open, until it is closed.
   *
   * @param path the target's, for messages
   * @return false if somebody else has it locked
   * @throws ImageException if that cannot be told, although there should be locks
   */
  static boolean take(Path path, FileChannel channel) throws ImageException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      ImageException error = SystemErrors.of(path, e);
      switch (error.errno()) {
        case SystemErrors.ENOLCK, SystemErrors.ENOSYS, SystemErrors.EOPNOTSUPP ->
            Log.warn(
                "the target "
                    + path
                    + " cannot be locked ("
                    + error.reason()
                    + "): see to it that no other run writes to it meanwhile");
        default ->
            throw new ImageException(path, error.reason() + " (when locked)", error.errno(), e);
      }
      return true;
    }
  }

  /**
   * What is wrong with a target that somebody else has locked.
   *
   * @param path the target's, for the message
   * @param place where what was to be locked stands
   */
  static ImageException held(Path path, Path place) {
    return new ImageException(path, holder(place), 0);
  }

  /** Who has a lock, as far as the kernel tells. */
  private static String holder(Path place) {
    try {
      String file = " " + number(place) + " ";
      for (String line : Files.readAllLines(LOCKS)) {
        if (line.contains(file) && !line.contains(" -> ")) {
          String[] fields = line.split(" +");
          // A lock that belongs to an open file, as QEMU's, has no process.
          String id = fields[1].equals("OFDLCK") ? Openers.withLock(file) : fields[4];
          if (id == null) {
            return "is locked by another program, such as a virtual machine";
          }
          if (!Files.exists(Path.of("/proc", id))) {
            break; // In a container that cannot be seen into from here.
          }
          String process = Processes.describe(id);
          if (process.endsWith(" (nfsd)") || process.endsWith(" (lockd)")) {
            return "is locked by another host, which has it through NFS from here";
          }
          return process.startsWith("another iblocksync")
              ? "another iblocksync is writing to it (process " + id + ")"
              : "is locked by " + process;
        }
      }
    } catch (IOException | IndexOutOfBoundsException e) {
      Log.info("cannot tell who has locked the target: " + e);
    }
    return "is locked: another iblocksync or another program, perhaps on another host, is writing"
        + " to it";
  }

  /** A file's number as in proc_locks(5): {@code MAJOR:MINOR:INODE}, the first two hexadecimal. */
  private static String number(Path place) throws IOException {
    Map<String, Object> file = Files.readAttributes(place, "unix:dev,ino");
    String[] device = BlockDevice.number((Long) file.get("dev")).split(":");
    return hex(device[0]) + ":" + hex(device[1]) + ":" + file.get("ino");
  }

  private static String hex(String number) {
    String hex = Long.toHexString(Long.parseLong(number));
    return hex.length() < 2 ? "0" + hex : hex;
  }
}
