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
 * Finds another iblocksync that is writing to an image: it has locked its target, or the file or
 * device below it. Locks of other programs do not count. A running virtual machine locks its disk,
 * and whether to sync such a disk is for the user to decide.
 */
public final class Writers {
  /** File systems whose locks other hosts can hold; only their server knows of those. */
  private static final Set<String> NETWORKS =
      Set.of("9p", "afs", "ceph", "cifs", "fuse.glusterfs", "lustre", "nfs", "nfs4", "smb3");

  /** The kernel's processes that lock files for other hosts. */
  private static final Set<String> SERVERS = Set.of("lockd", "nfsd");

  /**
   * A process that is writing to an image.
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
   * Finds who is writing to an image now. Takes no lock, and usually reads nothing but the kernel's
   * list of locks.
   *
   * @return null if nobody is found; this process does not count
   * @throws IOException if the kernel does not say
   */
  public static Writer of(Path image) throws IOException {
    List<KernelLock> locks = new ArrayList<>();
    String own = Processes.own();
    for (KernelLock lock : KernelLock.all()) {
      if (lock.write() && !lock.process().equals(own) && mayBeAnIblocksyncs(lock)) {
        locks.add(lock);
      }
    }
    Writer writer = locks.isEmpty() ? null : of(image, locks);
    return writer == null && isLockedOverNetwork(image) ? Writer.UNKNOWN : writer;
  }

  private static boolean mayBeAnIblocksyncs(KernelLock lock) {
    return lock.isOfOpenFile()
        || Processes.isIblocksync(lock.process())
        || isFromElsewhere(lock.process());
  }

  /** Whether it is a process of another host, or of a container that cannot be seen into. */
  private static boolean isFromElsewhere(String process) {
    return !Files.exists(Processes.directory(process)) || SERVERS.contains(Processes.name(process));
  }

  private static Writer of(Path image, List<KernelLock> locks) throws IOException {
    List<Part> parts = Part.of(image);
    for (String process : processes(locks)) {
      if (isWriting(process, parts)) {
        return new Writer(process);
      }
    }
    // Of other users' processes, and of those that are hidden, only the locks are known.
    for (KernelLock lock : locks) {
      for (Part part : parts) {
        if (lock.overlaps(part.start(), part.end())
            && part.numbers(image).contains(lock.file())
            && !(lock.isOfOpenFile() && lock.visibleHolder() != null)) {
          return Processes.isIblocksync(lock.process())
              ? new Writer(lock.process())
              : Writer.UNKNOWN;
        }
      }
    }
    return null;
  }

  /** The other iblocksyncs, one of which may have these locks. */
  private static Set<String> processes(List<KernelLock> locks) throws IOException {
    Set<String> found = new LinkedHashSet<>();
    boolean ofOpenFile = false;
    for (KernelLock lock : locks) {
      ofOpenFile |= lock.isOfOpenFile();
      if (Processes.isIblocksync(lock.process())) {
        found.add(lock.process());
      }
    }
    // Only in the holder's own list of files can one see whose such a lock is.
    String own = Processes.own();
    for (String process : ofOpenFile ? Processes.all() : List.<String>of()) {
      if (!process.equals(own) && Processes.isIblocksync(process)) {
        found.add(process);
      }
    }
    return found;
  }

  /**
   * Whether a process has locked one of these parts. Looks at its open files: in some file systems
   * the list of locks has other numbers than {@code stat}, and a device can have several nodes.
   */
  private static boolean isWriting(String process, List<Part> parts) {
    Path directory = Processes.directory(process);
    try (DirectoryStream<Path> infos = Files.newDirectoryStream(directory.resolve("fdinfo"))) {
      for (Path info : infos) {
        List<KernelLock> locks = KernelLock.of(info);
        locks.removeIf(lock -> !lock.write());
        if (!locks.isEmpty()
            && areOn(parts, locks, directory.resolve("fd").resolve(info.getFileName()))) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return false; // Another user's process, or one that has ended.
    }
    return false;
  }

  private static boolean areOn(List<Part> parts, List<KernelLock> locks, Path file)
      throws IOException {
    FileId id = FileId.of(file);
    for (Part part : parts) {
      for (KernelLock lock : locks) {
        if (part.id().equals(id) && lock.overlaps(part.start(), part.end())) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether other hosts can write to an image; true if the system does not say. */
  public static boolean canBeElsewhere(Path image) {
    try {
      return isOnNetwork(image);
    } catch (IOException e) {
      return true;
    }
  }

  private static boolean isOnNetwork(Path image) throws IOException {
    return ImageType.of(image) == ImageType.FILE
        && NETWORKS.contains(MountTable.typeWithoutDevice(image));
  }

  private static boolean isLockedOverNetwork(Path image) throws IOException {
    if (!isOnNetwork(image) || !NativeFile.isAvailable()) {
      return false;
    }
    try (NativeFile file = NativeFile.open(image, NativeFile.O_RDONLY)) {
      return file.isWriteLocked();
    }
  }
}
