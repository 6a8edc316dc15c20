package io.iblocksync.receive.guard;

import io.iblocksync.linux.Errno;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.program.Log;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import io.iblocksync.receive.guard.InUse.Finding;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Exclusive use of a target while the run lasts. A block device is held open exclusively (O_EXCL):
 * the kernel grants that only while no mount of any namespace, no swap space, RAID or device-mapper
 * and no other program that asked for the same uses the device or a part of it, and it keeps all
 * these away until the hold is closed. Without native calls: the users that /proc and /sys list.
 */
public final class ExclusiveHold implements Closeable {
  /** Nothing is held. */
  public static final ExclusiveHold NONE = new ExclusiveHold(null);

  /** A mount namespace that has just ended releases its devices a little later. */
  private static final int ATTEMPTS = 20;

  private static final int PAUSE_MILLIS = 100;

  private final NativeFile held;

  private ExclusiveHold(NativeFile held) {
    this.held = held;
  }

  /**
   * Checks that nobody uses a file.
   *
   * @param settings say whether a target that is in use is written to all the same, with a warning
   * @throws ImageException if it is in use; the message says by whom, and what to do
   */
  public static void checkFile(Path path, Settings settings) throws IOException {
    refuse(path, InUse.byLoopDevice(path, ImageType.FILE), settings);
    refuse(path, InUse.asFile(path), settings);
  }

  /**
   * Holds a device.
   *
   * @param settings say whether a target that is in use is written to all the same, with a warning
   * @return {@link #NONE} if it is in use, or if there are no native calls
   * @throws ImageException if it is in use; the message says by whom, and what to do
   */
  public static ExclusiveHold ofDevice(Path path, Settings settings) throws IOException {
    refuse(path, InUse.byLoopDevice(path, ImageType.BLOCK_DEVICE), settings);
    refuse(path, InUse.below(path), settings);
    if (NativeFile.isAvailable()) {
      return exclusive(path, settings);
    }
    refuse(path, InUse.of(path), settings);
    return NONE;
  }

  /** Warns of a file that has other names (hard links), which change with it. */
  public static void warnOfOtherNames(Path path, ImageType type) throws IOException {
    if (type != ImageType.FILE) {
      return;
    }
    int others = (Integer) Files.getAttribute(path, "unix:nlink") - 1;
    if (others > 0) {
      String names =
          others == 1
              ? "another name (a hard link), which changes"
              : others + " other names (hard links), which change";
      Log.warn("the target " + path + " has " + names + " with it");
    }
  }

  private static ExclusiveHold exclusive(Path path, Settings settings) throws IOException {
    Finding finding = null;
    for (int attempt = 0; attempt < ATTEMPTS && finding == null; attempt++) {
      if (attempt > 0) {
        pause(path);
      }
      NativeFile held = open(path);
      if (held != null) {
        return new ExclusiveHold(held);
      }
      finding = InUse.of(path);
    }
    finding = finding == null ? OpenFiles.of(path) : finding;
    refuse(path, finding == null ? OpenFiles.unknown() : finding, settings);
    return NONE;
  }

  /** Opens a device exclusively; null if it is in use. */
  private static NativeFile open(Path path) throws ImageException {
    try {
      return NativeFile.open(path, NativeFile.O_RDWR | NativeFile.O_EXCL);
    } catch (ImageException e) {
      if (e.errno() != Errno.EBUSY) {
        throw e;
      }
      return null;
    }
  }

  private static void pause(Path path) throws ImageException {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImageException(path, "interrupted", 0, e);
    }
  }

  private static void refuse(Path path, Finding finding, Settings settings) throws ImageException {
    if (finding == null) {
      return;
    }
    if (!settings.flag(Setting.FORCE_IN_USE)) {
      String force =
          settings == Settings.OF_101
              ? " (iblocksync 1.0.1 has no option to overwrite it all the same)"
              : " (--force-in-use overwrites it all the same)";
      throw new ImageException(
          path, "is " + finding.use() + "; " + finding.wayOut() + force, Errno.EBUSY);
    }
    Log.warn("the target " + path + " is " + finding.use() + ", and is overwritten all the same");
  }

  /**
   * The device as it is held; null if it is not. While it is held, the kernel discards nothing on
   * it for another descriptor, not even for one of this process.
   */
  public NativeFile held() {
    return held;
  }

  @Override
  public void close() {
    if (held != null) {
      held.close();
    }
  }
}
