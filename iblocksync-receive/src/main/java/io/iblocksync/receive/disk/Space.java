package io.iblocksync.receive.disk;

import io.iblocksync.linux.Allocation;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.MountTable;
import io.iblocksync.protocol.ImageDetails;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** What a target that is a file takes of its file system, and what is left there. */
public final class Space {
  /** What they hold can take less of the disk than it is long, so their room tells little. */
  private static final Set<String> COMPRESSING =
      Set.of(
          "bcachefs", "btrfs", "f2fs", "fuse", "fuseblk", "jffs2", "ntfs", "ntfs3", "ubifs", "zfs");

  /** To ask the system about a smaller file can take longer than to sync it. */
  private static final long MIN_ASKED = 1L << 30;

  /** A smaller part of the room than this one of so many makes no difference. */
  private static final int MOST = 8;

  private final Path place;
  private final ImageType type;
  private final long size;

  /**
   * @param place where the target is, or will be
   * @param size how long it is
   */
  Space(Path place, ImageType type, long size) {
    this.place = place;
    this.type = type;
    this.size = size;
  }

  private Path folder() {
    return place.toAbsolutePath().getParent();
  }

  /**
   * How many bytes the file system can still take, those included that it keeps for the superuser;
   * {@link ImageDetails#UNKNOWN} of a device.
   */
  public long room() {
    File folder = folder().toFile();
    // Both are 0 where nothing can be told.
    boolean known = type != ImageType.BLOCK_DEVICE && folder.getTotalSpace() > 0;
    return known ? folder.getFreeSpace() : ImageDetails.UNKNOWN;
  }

  /**
   * How many bytes of the disk the target has; {@link ImageDetails#UNKNOWN} of a device, and of a
   * file that is small, also beside the room that there is.
   */
  public long allocated() {
    return switch (type) {
      case MISSING -> 0;
      case FILE ->
          size >= MIN_ASKED || size > room() / MOST ? Allocation.of(place) : ImageDetails.UNKNOWN;
      case BLOCK_DEVICE -> ImageDetails.UNKNOWN;
    };
  }

  /** Whether the file system may hold more than its room, for it compresses or deduplicates. */
  public boolean compresses() {
    try {
      String system = type == ImageType.BLOCK_DEVICE ? "" : MountTable.typeAt(folder());
      return COMPRESSING.contains(system) || system.startsWith("fuse.");
    } catch (IOException e) {
      return false; // The directory has gone, which opening will tell.
    }
  }
}
