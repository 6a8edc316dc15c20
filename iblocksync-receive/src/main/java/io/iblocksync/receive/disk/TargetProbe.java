package io.iblocksync.receive.disk;

import io.iblocksync.image.ImageReader;
import io.iblocksync.linux.Errno;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.SystemErrors;
import io.iblocksync.protocol.Settings;
import io.iblocksync.receive.guard.NewFile;
import io.iblocksync.receive.guard.SystemDirectories;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The first look at an image that is to be written to. It creates and changes nothing; {@link
 * #open} does, once, and {@link #close} closes what that opened. For one thread at a time.
 */
public final class TargetProbe implements Closeable {
  private final ProbedImage found;

  /** Null until {@link #open} succeeds. */
  private Target opened;

  private TargetProbe(Path path, ImageType type, long size, Path place) {
    this.found = new ProbedImage(path, type, size, place);
  }

  /**
   * Looks at a path.
   *
   * @throws ImageException if no image can be there, or if it is missing and must not or could not
   *     be created
   */
  public static TargetProbe of(Path path) throws ImageException {
    ImageType type = typeOf(path);
    return switch (type) {
      case MISSING -> new TargetProbe(path, type, 0, NewFile.place(path));
      case FILE -> {
        checkDirectory(path);
        yield new TargetProbe(path, type, fileSize(path), path);
      }
      case BLOCK_DEVICE -> {
        try (ImageReader device = ImageReader.open(path)) {
          yield new TargetProbe(path, type, device.size(), path);
        }
      }
    };
  }

  private static ImageType typeOf(Path path) throws ImageException {
    try {
      return ImageType.of(path);
    } catch (ImageException e) {
      if (e.errno() == Errno.EISDIR) {
        Path file = path.resolve("disk.img").normalize();
        throw new ImageException(
            path, e.reason() + " (give a file in it, such as " + file + ")", e.errno());
      }
      throw e;
    }
  }

  private static void checkDirectory(Path path) throws ImageException {
    String forbidden;
    try {
      forbidden = SystemDirectories.of(path.toRealPath());
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
    if (forbidden != null) {
      throw new ImageException(path, "is a file " + forbidden + ", where no image can be", 0);
    }
  }

  private static long fileSize(Path path) throws ImageException {
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
  }

  /** The path as the user named it, for messages. */
  public Path path() {
    return found.path();
  }

  /** What is at the path. */
  public ImageType type() {
    return found.type();
  }

  /** The size in bytes, 0 if it is missing. */
  public long size() {
    return found.size();
  }

  /** How much space its file system has for it. */
  public Space space() {
    return new Space(found.place(), found.type(), found.size());
  }

  /**
   * Opens the target for reading and writing, creates it if it was missing, and locks it against
   * other runs until it is closed. While a file is locked, this process must not open it in any
   * other way: closing any descriptor of it would release the lock (POSIX).
   *
   * @param settings say whether a target that others use is opened all the same
   * @throws ImageException if that fails, if another run holds the lock, or if the target is not
   *     what it was when it was probed
   */
  public Target open(Settings settings) throws ImageException {
    if (opened != null) {
      throw new IllegalStateException("already open");
    }
    if (ImageType.of(found.path()) != found.type()) {
      throw found.changed();
    }
    try {
      opened =
          found.type() == ImageType.BLOCK_DEVICE
              ? DeviceTarget.open(found, settings)
              : FileTarget.open(found, settings);
      return opened;
    } catch (IOException e) {
      throw SystemErrors.of(found.path(), e);
    }
  }

  /** Closes the target; does nothing if it is not open. */
  @Override
  public void close() throws ImageException {
    if (opened != null) {
      opened.close();
    }
  }
}
