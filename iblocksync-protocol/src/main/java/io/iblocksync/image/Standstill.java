package io.iblocksync.image;

import io.iblocksync.linux.ImageException;
import java.nio.file.Path;

/**
 * What becomes of reads and writes of an image that move no byte although some are to be moved, as
 * the JDK reports EAGAIN: a few more attempts, then an error.
 */
public final class Standstill {
  private static final int MAX_ATTEMPTS = 10;
  private static final int EAGAIN = 11;

  private Standstill() {}

  /**
   * Notes how much a call has moved, and waits a little if that is nothing.
   *
   * @param moved how many bytes, at least 0
   * @param before how many calls before it moved nothing
   * @param done what was to be done with the byte, such as "read"
   * @return how many calls, this one included, have moved nothing
   * @throws ImageException if they are too many
   */
  public static int after(int moved, int before, Path path, String done, long offset)
      throws ImageException {
    if (moved > 0) {
      return 0;
    }
    if (before + 1 == MAX_ATTEMPTS) {
      String reason = "no byte can be " + done + ", and no error is reported (at byte ";
      throw new ImageException(path, reason + offset + ")", EAGAIN);
    }
    try {
      Thread.sleep(1L << before);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return before + 1;
  }
}
