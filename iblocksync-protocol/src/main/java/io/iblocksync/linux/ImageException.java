package io.iblocksync.linux;

import java.io.IOException;
import java.nio.file.Path;

/** An image cannot be used, read or written; the message begins with the image's path. */
public final class ImageException extends IOException {
  private final Path path;
  private final String reason;
  private final int errno;

  /**
   * @param reason what is wrong, in the system's own words where it has some
   * @param errno the system's number of the error, 0 if it has none or it is unknown
   */
  public ImageException(Path path, String reason, int errno) {
    this(path, reason, errno, null);
  }

  public ImageException(Path path, String reason, int errno, Throwable cause) {
    super(path + ": " + reason, cause);
    this.path = path;
    this.reason = reason;
    this.errno = errno;
  }

  /** The image's path as it was given. */
  public Path path() {
    return path;
  }

  /** The message without the path. */
  public String reason() {
    return reason;
  }

  /** The system's number of the error; 0 if unknown. */
  public int errno() {
    return errno;
  }
}
