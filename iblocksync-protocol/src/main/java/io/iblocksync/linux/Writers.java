package io.iblocksync.linux;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds another iblocksync that is writing to an image: it has its target, or what that lies in,
 * locked. Locks of other programs do not count. A virtual machine has some on its disk for as long
 * as it runs, and to sync such a disk is for its user to decide.
 */
public final class Writers {
  /** File systems whose locks other hosts can have, which only their server knows of. */
  private static final Set<String> NETWORKS =
      Set.of("9p", "afs", "ceph", "cifs", "fuse.glusterfs", "lustre", "nfs", "nfs4", "smb3");

  /** The kernel's processes that lock files for other hosts. */
  private static final Set<String> SERVERS = Set.of("lockd", "nfsd");

  /**
   * One that is writing to an image.
   *
   * @param process its id; empty if it cannot be seen from here, and so may be another program
   */
  public record Writer(String process) {
    private static final Writer UNKNOWN = new Writer("");

    public boolean isKnown() {
      return !process.isEmpty();
    }
  }

  private Writers() {}

  /**
   * Looks who is writing to an image now. Takes no lock, and most often reads nothing but the list
   * of locks.
   *
   * @return null if nobody is found; this process does not count
   * @throws IOException if that cannot be told
   */
  public static Writer of(Path image) throws IOException {
    List<WriteLock> locks = new ArrayList<>();
    String own = Processes.own();
    for (WriteLock lock : WriteLock.all()) {
      if (!lock.process().equals(own) && mayBeAnIblocksyncs(lock)) {
        locks.add(lock);
      }
    }
    Writer writer = locks.isEmpty() ? null : of(image, locks);
    return writer == null && isLockedOverNetwork(image) ? Writer.UNKNOWN : writer;
  }

  private static boolean mayBeAnIblocksyncs(WriteLock lock) {
    return lock.isOfOpenFile()
        || Processes.isIblocksync(lock.process())
        || isFromElsewhere(lock.process());
  }

  /** Whether it is a process of another host, or of a container that cannot be seen into. */
  private static boolean isFromElsewhere(String process) {
    return !Files.exists(Processes.folder(process)) || SERVERS.contains(Processes.name(process));
  }

  private static Writer of(Path image, List<WriteLock> locks) throws IOException {
    List<Part> parts = Part.of(image);
    for (String process : processes(locks)) {
      if (isWriting(process, parts)) {
        return new Writer(process);
      }
    }
    // Of other users' processes, and of those that cannot be seen, only the locks are known.
    for (WriteLock lock : locks) {
      for (Part part : parts) {
        if (lock.overlaps(part.start(), part.end())
            && part.numbers(image).contains(lock.file())
            && !(lock.isOfOpenFile() && lock.hasVisibleHolder())) {
          return Processes.isIblocksync(lock.process())
              ? new Writer(lock.process())
              : Writer.UNKNOWN;
        }
      }
    }
    return null;
  }

  /** The other iblocksyncs, of which one may have these locks. */
  private static Set<String> processes(List<WriteLock> locks) throws IOException {
    Set<String> found = new LinkedHashSet<>();
    boolean ofOpenFile = false;
    for (WriteLock lock : locks) {
      ofOpenFile |= lock.isOfOpenFile();
      if (Processes.isIblocksync(lock.process())) {
        found.add(lock.process());
      }
    }
    // Whose such a lock is only its holder tells.
    String own = Processes.own();
    for (String process : ofOpenFile ? Processes.all() : List.<String>of()) {
      if (!process.equals(own) && Processes.isIblocksync(process)) {
        found.add(process);
      }
    }
    return found;
  }

  /**
   * Whether a process has one of these parts locked. Goes by its open files, for the numbers that
   * the list of locks has are not those of {@code stat} in some file systems, and a device can have
   * several nodes.
   */
  private static boolean isWriting(String process, List<Part> parts) {
    Path folder = Processes.folder(process);
    try (DirectoryStream<Path> infos = Files.newDirectoryStream(folder.resolve("fdinfo"))) {
      for (Path info : infos) {
        List<WriteLock> locks = WriteLock.of(info);
        if (!locks.isEmpty()
            && areOn(parts, locks, folder.resolve("fd").resolve(info.getFileName()))) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return false; // Another user's, or ended.
    }
    return false;
  }

  private static boolean areOn(List<Part> parts, List<WriteLock> locks, Path file)
      throws IOException {
    FileId id = FileId.of(file);
    for (Part part : parts) {
      for (WriteLock lock : locks) {
        if (part.id().equals(id) && lock.overlaps(part.start(), part.end())) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isLockedOverNetwork(Path image) throws IOException {
    if (ImageType.of(image) != ImageType.FILE
        || !NETWORKS.contains(MountTable.typeWithoutDevice(image))
        || !NativeFile.isAvailable()) {
      return false;
    }
    try (NativeFile file = NativeFile.open(image, NativeFile.O_RDONLY)) {
      return file.isWriteLocked();
    }
  }
}
