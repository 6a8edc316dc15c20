package io.iblocksync.receive.guard;

import io.iblocksync.linux.Errno;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.KernelLock;
import io.iblocksync.linux.Processes;
import io.iblocksync.linux.SystemErrors;
import io.iblocksync.program.Log;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * Locks a target against other runs, with a lock of POSIX. Such a lock reaches other hosts where
 * the network's file system has locks. It is released when its process ends, however that happens,
 * or closes any descriptor of the target.
 *
 * <p>On a file system without locks the target is written to all the same, with a warning:
 * otherwise it could not be used at all, whereas two runs at the same time are a rare mistake.
 */
public final class PosixLock {
  private PosixLock() {}

  /**
   * Locks an open target, until the channel or another descriptor of it is closed.
   *
   * @param path the target's, for messages
   * @return false if another program holds a lock
   * @throws ImageException if locking fails although the file system has locks
   */
  public static boolean take(Path path, FileChannel channel) throws ImageException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      ImageException error = SystemErrors.of(path, e);
      switch (error.errno()) {
        case Errno.ENOLCK, Errno.ENOSYS, Errno.EOPNOTSUPP ->
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
   * The error of a target that another program has locked.
   *
   * @param path the target's, for the message
   * @param place what could not be locked
   */
  public static ImageException held(Path path, Path place) {
    return held(path, place, 0, 0);
  }

  /**
   * The same of a part of it.
   *
   * @param length 0 for all to the end
   */
  public static ImageException held(Path path, Path place, long start, long length) {
    long end = length == 0 ? Long.MAX_VALUE : start + length;
    return new ImageException(path, holder(place, start, end), 0);
  }

  /** Who holds a lock, as far as the kernel says. */
  private static String holder(Path place, long start, long end) {
    try {
      List<KernelLock> locks = locks(place, start, end);
      // What this process has locked itself can be another part of the same attempt.
      String own = Processes.own();
      locks.sort(Comparator.comparing(lock -> lock.process().equals(own)));
      if (!locks.isEmpty()) {
        String holder = holder(locks.get(0));
        if (holder != null) {
          return holder;
        }
      }
    } catch (IOException e) {
      Log.info("cannot find out who has locked the target: " + e);
    }
    return "is locked: another iblocksync or another program, perhaps on another host, is writing"
        + " to it";
  }

  /** Whether the kernel lists a lock on a target. */
  public static boolean isSeen(Path place) throws IOException {
    return !locks(place, 0, Long.MAX_VALUE).isEmpty();
  }

  private static List<KernelLock> locks(Path place, long start, long end) throws IOException {
    String file = KernelLock.number(place);
    List<KernelLock> locks = KernelLock.all();
    locks.removeIf(lock -> !lock.file().equals(file) || !lock.overlaps(start, end));
    return locks;
  }

  /** Null for a process of a container that is hidden from here. */
  private static String holder(KernelLock lock) throws IOException {
    // A lock that belongs to an open file, such as QEMU's, has no process.
    String id = lock.isOfOpenFile() ? lock.visibleHolder() : lock.process();
    if (id == null) {
      return "is locked by another program, such as a virtual machine";
    }
    if (!Files.exists(Processes.directory(id))) {
      return null;
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
