package io.iblocksync.receive.disk;

import io.iblocksync.linux.Allocation;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.MountTable;
import io.iblocksync.protocol.ImageDetails;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** The space that a target that is a file takes in its file system, and what is left there. */
public final class Space {
  /** File systems where data can take less space than it is long, so free space says little. */
  private static final Set<String> COMPRESSING =
      Set.of(
          "bcachefs", "btrfs", "f2fs", "fuse", "fuseblk", "jffs2", "ntfs", "ntfs3", "ubifs", "zfs");

  /** Asking the kernel about a smaller file can take longer than syncing it. */
  private static final long MIN_ASKED = 1L << 30;

  /** A file smaller than this fraction of the free space makes no difference. */
  private static final int FRACTION = 8;

  private final Path place;
  private final ImageType type;
  private final long size;

  /**
   * @param place where the target is, or will be created
   * @param size its size in bytes
   */
  Space(Path place, ImageType type, long size) {
    this.place = place;
    this.type = type;
    this.size = size;
  }

  private Path directory() {
    return place.toAbsolutePath().getParent();
  }

  /**
   * How many bytes the file system can still take, including what it reserves for the superuser;
   * {@link ImageDetails#UNKNOWN} for a device.
   */
  public long free() {
    File directory = directory().toFile();
    // Both are 0 if the file system does not report its size.
    boolean known = type != ImageType.BLOCK_DEVICE && directory.getTotalSpace() > 0;
    return known ? directory.getFreeSpace() : ImageDetails.UNKNOWN;
  }

  /**
   * How many bytes of the disk the target takes; {@link ImageDetails#UNKNOWN} for a device, and for
   * a file that is small, also compared to the free space.
   */
  public long allocated() {
    return switch (type) {
      case MISSING -> 0;
      case FILE ->
          size >= MIN_ASKED || size > free() / FRACTION
              ? Allocation.of(place)
              : ImageDetails.UNKNOWN;
      case BLOCK_DEVICE -> ImageDetails.UNKNOWN;
    };
  }

  /** Whether more may fit than {@link #free} says: the file system compresses or deduplicates. */
  public boolean compresses() {
    try {
      String system = type == ImageType.BLOCK_DEVICE ? "" : MountTable.typeAt(directory());
      return COMPRESSING.contains(system) || system.startsWith("fuse.");
    } catch (IOException e) {
      return false; // The directory is gone; open() will report it.
    }
  }
}
