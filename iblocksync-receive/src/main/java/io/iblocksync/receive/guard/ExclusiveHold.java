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
 * That a target is nobody else's for as long as the run goes on. A block device is held open
 * exclusively, which the kernel grants only while no mount of any namespace, no swap space, RAID or
 * device-mapper and no other program that asked for the same has it or a part of it, and which
 * keeps all these away until the claim is closed. Where native calls are not available what the
 * kernel tells of its users must do.
 */
public final class ExclusiveHold implements Closeable {
  /** A mount namespace that has just ended lets go of its devices a little later. */
  private static final int ATTEMPTS = 20;

  private static final int PAUSE_MILLIS = 100;

  private final NativeFile held;

  private ExclusiveHold(NativeFile held) {
    this.held = held;
  }

  /**
   * Claims a target that is there.
   *
   * @param settings say whether a target that is in use is written to all the same, with a warning
   * @throws ImageException if it is in use; the message says by whom, and what to do
   */
  public static ExclusiveHold of(Path path, ImageType type, Settings settings) throws IOException {
    refuse(path, InUse.byLoopDevice(path, type), settings);
    if (type != ImageType.BLOCK_DEVICE) {
      refuse(path, InUse.asFile(path), settings);
      return new ExclusiveHold(null);
    }
    refuse(path, InUse.below(path), settings);
    if (NativeFile.isAvailable()) {
      return exclusive(path, settings);
    } else {
      refuse(path, InUse.of(path), settings);
    }
    return new ExclusiveHold(null);
  }

  /** Warns of a file that has other names, under which it changes too. */
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
    return new ExclusiveHold(null);
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
   * The device as it is held; null if it is not. While it is, the kernel discards nothing on it for
   * another descriptor, not even one of this process.
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
