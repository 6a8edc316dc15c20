package io.iblocksync.serve;

import io.iblocksync.image.ImageReader;
import io.iblocksync.linux.BlockDevice;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.LoopDevices;
import io.iblocksync.linux.MountTable;
import io.iblocksync.linux.MountTable.Mount;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.linux.SystemErrors;
import io.iblocksync.linux.SystemFiles;
import io.iblocksync.linux.Writers;
import io.iblocksync.program.Log;
import io.iblocksync.protocol.ImageDetails;
import io.iblocksync.protocol.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Warns of a source that changes during the run: the copy is then no image of one point in time. It
 * is read all the same, since the user may know that what changes does not matter.
 */
final class SourceGuard {
  /** No file system has coarser times than FAT's. */
  private static final long NEW_MILLIS = 3000;

  /** To load the native calls for less would take longer than the rest, mostly for nothing. */
  private static final long MIN_COUNTED = 256L << 20;

  private final Path path;
  private final ImageType type;
  private final Map<String, Object> before;
  private final WriterCheck writers;
  private final long startMillis = System.currentTimeMillis();

  private SourceGuard(Path path, ImageType type, Map<String, Object> before) {
    this.path = path;
    this.type = type;
    this.before = before;
    this.writers = new WriterCheck(path);
    writers.start();
  }

  /**
   * Notes what there is now, before the source is opened.
   *
   * @throws ImageException if it is a file of the kernel's
   */
  static SourceGuard of(Path path) throws ImageException {
    ImageType type = ImageType.of(path);
    if (type == ImageType.FILE) {
      SystemFiles.refuse(path);
    }
    return new SourceGuard(path, type, type == ImageType.FILE ? attributes(path) : Map.of());
  }

  private static Map<String, Object> attributes(Path path) throws ImageException {
    try {
      return Files.readAttributes(path, "unix:dev,ino,size,lastModifiedTime");
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
  }

  /**
   * Refuses what cannot be an image, before the first byte is asked for.
   *
   * @throws ImageException if it is a device without data, or a file that holds more than it says
   */
  void checkStart(ImageReader image) throws ImageException {
    if (type == ImageType.BLOCK_DEVICE && image.size() == 0) {
      throw new ImageException(
          path, "is a device of 0 bytes, as one to which no file or medium is attached", 0);
    }
    image.checkEnd();
  }

  /**
   * Refuses a source that another iblocksync is writing to now.
   *
   * @throws ImageException if there is one
   */
  void checkWriters() throws ImageException {
    writers.await();
  }

  /** Does what belongs right before the first byte is read: a question can have been in between. */
  void begin() throws ImageException {
    writers.beforeReading();
    warnIfMounted();
  }

  /**
   * Warns if the source has changed since {@link #of}, after its last byte was read.
   *
   * @throws ImageException if it turns out to be no image, or if another iblocksync has begun to
   *     write to it
   */
  void checkEnd(ImageReader image) throws ImageException {
    writers.await();
    if (type == ImageType.FILE) {
      checkEndOfFile(image);
    } else {
      writers.afterReading();
      if (!image.checkEnd()) {
        warnOfChange();
      }
    }
  }

  /**
   * What a local writer has written, the file's times show, unless they are as new as the run and
   * have whole seconds. What another host has written they show later.
   */
  private void checkEndOfFile(ImageReader image) throws ImageException {
    Map<String, Object> now = attributesNow();
    boolean same = before.equals(now);
    if (!same || isNew() || Writers.canBeElsewhere(path)) {
      writers.afterReading();
    }
    image.checkEnd();
    if (!same && !now.isEmpty() && !isReplaced(now)) {
      warnOfChange();
    }
  }

  private boolean isNew() {
    FileTime modified = (FileTime) before.get("lastModifiedTime");
    return startMillis - modified.toMillis() < NEW_MILLIS;
  }

  /** Empty if the system does not say. */
  private Map<String, Object> attributesNow() {
    try {
      return attributes(path);
    } catch (ImageException e) {
      Log.info("cannot tell whether the source has changed: " + e.getMessage());
      return Map.of();
    }
  }

  /** Whether another file is at the path by now: the one that is open has been read. */
  private boolean isReplaced(Map<String, Object> now) {
    return !now.get("dev").equals(before.get("dev")) || !now.get("ino").equals(before.get("ino"));
  }

  /** How many bytes of a file are no holes, at least; unknown of a small one, and of a device. */
  long dataBytes() {
    return type == ImageType.FILE && (Long) before.get("size") >= MIN_COUNTED
        ? count()
        : ImageDetails.UNKNOWN;
  }

  private long count() {
    if (!NativeFile.isAvailable()) {
      return ImageDetails.UNKNOWN;
    }
    try (NativeFile file = NativeFile.open(path, NativeFile.O_RDONLY)) {
      return file.dataBytes();
    } catch (ImageException e) {
      Log.debug("holes cannot be counted: " + e.getMessage());
      return ImageDetails.UNKNOWN;
    }
  }

  private long deviceSize() {
    try {
      return BlockDevice.at(path).size();
    } catch (IOException e) {
      return ImageDetails.UNKNOWN; // Removed since it was opened.
    }
  }

  /**
   * Whether the target may have too little space: then {@link #checkData} finds out.
   *
   * @param max how many bytes the target can hold; 0 for any number
   */
  boolean mayExceed(long max) {
    if (max == 0) {
      return false;
    }
    long data = type == ImageType.FILE ? count() : deviceSize();
    if (data == ImageDetails.UNKNOWN) {
      Log.warn("the target's file system has room for " + max + " bytes: all but zeros must fit");
    } else if (data > max) {
      Log.warn(
          Printable.line(
              "the source "
                  + path
                  + " has "
                  + data
                  + (type == ImageType.FILE ? " bytes of data" : " bytes")
                  + ", and the target has room for "
                  + max
                  + ": what of it is not zero is counted first, by reading it"));
    }
    return data > max;
  }

  /**
   * Reads the source to count what is not zero. Takes long.
   *
   * @param max how many bytes the target can hold
   * @param stopped whether the session has ended meanwhile
   * @throws ImageException if these are more
   */
  void checkData(long max, BooleanSupplier stopped) throws IOException {
    if (NonZeroBytes.count(path, max, stopped) > max) {
      throw new ImageException(
          path,
          "has more than "
              + max
              + " bytes that are not zero, for which the target's file system has no room;"
              + " nothing was written",
          0);
    }
  }

  /** Warns if the source is mounted so that it can be written to. */
  private void warnIfMounted() {
    try {
      List<Mount> mounts = MountTable.writableOn(devices());
      if (!mounts.isEmpty()) {
        Log.warn(
            Printable.line(
                "the source "
                    + path
                    + " is mounted read-write on "
                    + mounts.get(0).place()
                    + ": what is written there meanwhile makes the target a mixture of moments;"
                    + " sync from a snapshot"));
      }
    } catch (IOException e) {
      Log.info("cannot tell whether the source is mounted: " + e.getMessage());
    }
  }

  /** The devices by which the image can be mounted. */
  private Set<BlockDevice> devices() throws IOException {
    Set<BlockDevice> devices = new LinkedHashSet<>();
    if (type == ImageType.BLOCK_DEVICE) {
      devices.addAll(BlockDevice.at(path).stack());
      LoopDevices.Sharing sharing = LoopDevices.Sharing.of(BlockDevice.at(path));
      sharing.below().forEach(other -> devices.addAll(other.stack()));
      sharing.beside().forEach(other -> devices.addAll(other.stack()));
    }
    for (BlockDevice loop : LoopDevices.over(path, true)) {
      devices.addAll(loop.stack());
    }
    return devices;
  }

  private void warnOfChange() {
    Log.warn(
        Printable.line(
            "the source "
                + path
                + " has changed while it was read: the target can be a mixture of moments;"
                + " sync again, or from a snapshot"));
  }
}
