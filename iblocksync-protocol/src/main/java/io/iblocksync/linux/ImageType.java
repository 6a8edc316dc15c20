package io.iblocksync.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/** What is at the path of an image. */
public enum ImageType {
  MISSING,
  FILE,
  BLOCK_DEVICE;

  /** Bits and values of {@code st_mode}, see inode(7). */
  private static final int TYPE_MASK = 0170000;

  private static final int SOCKET = 0140000;
  private static final int REGULAR_FILE = 0100000;
  private static final int BLOCK = 0060000;
  private static final int DIRECTORY = 0040000;
  private static final int CHARACTER = 0020000;
  private static final int FIFO = 0010000;

  /**
   * Finds out what is at a path, following symbolic links; a link that leads nowhere is {@link
   * #MISSING}. Opens nothing: opening a fifo would block, and opening some devices has effects.
   *
   * @throws ImageException if it cannot be an image, or if the system does not say
   */
  public static ImageType of(Path path) throws ImageException {
    Map<String, Object> attributes;
    try {
      attributes = Files.readAttributes(path, "unix:mode,rdev");
    } catch (NoSuchFileException e) {
      return MISSING;
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
    return switch ((Integer) attributes.get("mode") & TYPE_MASK) {
      case REGULAR_FILE -> FILE;
      case BLOCK -> BLOCK_DEVICE;
      case DIRECTORY -> throw new ImageException(path, "Is a directory", Errno.EISDIR);
      case FIFO -> throw noImage(path, "a named pipe");
      case SOCKET -> throw noImage(path, "a socket");
      case CHARACTER ->
          throw noImage(
              path,
              isTerminal((Long) attributes.get("rdev")) ? "a terminal" : "a character device");
      default -> throw noImage(path, "something unknown");
    };
  }

  private static ImageException noImage(Path path, String what) {
    return new ImageException(path, "Is " + what + ", not a file or a block device", 0);
  }

  /** Goes by the numbers that Linux assigns to consoles, terminals and their like. */
  private static boolean isTerminal(long device) {
    long major = device >>> 8 & 0xfff;
    return major == 4 || major == 5 || (major >= 136 && major <= 143);
  }
}
