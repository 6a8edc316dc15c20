package io.iblocksync.receive.guard;

import io.iblocksync.linux.BlockDevice;
import io.iblocksync.linux.Errno;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.Processes;
import io.iblocksync.linux.SystemErrors;
import io.iblocksync.program.Log;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Locks a target against other runs. The lock is one of POSIX: it reaches other hosts where the
 * network's file system has locks, and it goes with its process, however that ends, or as soon as
 * the process closes any descriptor of the target.
 *
 * <p>A file system without locks is written to all the same, with a warning: else it could not be
 * used at all, whereas two runs at the same time are a mistake that few make.
 */
public final class PosixLock {
  private static final Path LOCKS = Path.of("/proc/locks");

  private PosixLock() {}

  /**
   * Locks what a channel has open, until it is closed.
   *
   * @param path the target's, for messages
   * @return false if somebody else has it locked
   * @throws ImageException if that cannot be told, although there should be locks
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
   * What is wrong with a target that somebody else has locked.
   *
   * @param path the target's, for the message
   * @param place where what was to be locked stands
   */
  public static ImageException held(Path path, Path place) {
    return held(path, place, 0, 0);
  }

  /**
   * The same, of a part of what stands there.
   *
   * @param length 0 for all to the end
   */
  public static ImageException held(Path path, Path place, long start, long length) {
    long end = length == 0 ? Long.MAX_VALUE : start + length - 1;
    return new ImageException(path, holder(place, start, end), 0);
  }

  /** Who has a lock, as far as the kernel tells. */
  private static String holder(Path place, long start, long end) {
    try {
      KernelLock.Part part = new KernelLock.Part(number(place), start, end);
      List<KernelLock> locks = locks(part);
      // What this process has locked itself can be another part of the same attempt.
      locks.sort(Comparator.comparing(lock -> lock.process().equals(OpenFiles.OWN)));
      if (!locks.isEmpty()) {
        String holder = holder(locks.get(0), part);
        if (holder != null) {
          return holder;
        }
      }
    } catch (IOException e) {
      Log.info("cannot tell who has locked the target: " + e);
    }
    return "is locked: another iblocksync or another program, perhaps on another host, is writing"
        + " to it";
  }

  /** Whether the kernel tells of a lock on what stands at a place. */
  public static boolean isSeen(Path place) throws IOException {
    return !locks(new KernelLock.Part(number(place), 0, Long.MAX_VALUE)).isEmpty();
  }

  private static List<KernelLock> locks(KernelLock.Part part) throws IOException {
    List<KernelLock> locks = new ArrayList<>();
    for (String line : Files.readAllLines(LOCKS)) {
      KernelLock lock = KernelLock.parse(line);
      if (lock != null && lock.covers(part)) {
        locks.add(lock);
      }
    }
    return locks;
  }

  /** Null for a process in a container that cannot be seen into from here. */
  private static String holder(KernelLock lock, KernelLock.Part part) throws IOException {
    // A lock that belongs to an open file, as QEMU's, has no process.
    String id = lock.descriptor() ? OpenFiles.withLock(part) : lock.process();
    if (id == null) {
      return "is locked by another program, such as a virtual machine";
    }
    if (!Files.exists(Path.of("/proc", id))) {
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

  /** A file's number as {@link KernelLock} has it. */
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
