package io.iblocksync.cli;

import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Identity;
import io.iblocksync.protocol.ImageDetails;
import io.iblocksync.protocol.Printable;

/**
 * What is never done, whatever is confirmed; found before anything is asked. An endpoint of 1.0.1
 * tells less, so less can be found.
 */
final class Refusals {
  private Refusals() {}

  /** Refuses these two images if they cannot become a pair. */
  static void check(ImageInfo source, ImageInfo target) throws DeclinedException {
    checkIdentity(source, target);
    checkSize(source, target);
  }

  private static void checkIdentity(ImageInfo source, ImageInfo target) throws DeclinedException {
    Identity from = identity(source);
    Identity to = identity(target);
    if (from != null && to != null && from.overlaps(to)) {
      throw new DeclinedException(
          Printable.line(
              "the source "
                  + source.filePath()
                  + " and the target "
                  + target.filePath()
                  + " are the same image, or parts of one; nothing was written"));
    }
  }

  private static Identity identity(ImageInfo info) {
    return info.details() == null ? null : info.details().identity();
  }

  private static void checkSize(ImageInfo source, ImageInfo target) throws DeclinedException {
    ImageDetails details = target.details();
    if (details != null && details.device() && target.fileSize() < source.fileSize()) {
      throw new DeclinedException(
          Printable.line(
              "the target "
                  + target.filePath()
                  + " is a device of "
                  + target.fileSize()
                  + " bytes, too small for the source's "
                  + source.fileSize()
                  + "; nothing was written"));
    }
  }
}
