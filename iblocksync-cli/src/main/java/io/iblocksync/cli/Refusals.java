package io.iblocksync.cli;

import io.iblocksync.endpoint.Log;
import io.iblocksync.image.IdentityReader;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Identity;
import io.iblocksync.protocol.ImageDetails;
import io.iblocksync.protocol.Printable;
import java.nio.file.Path;
import java.util.List;

/**
 * What is never done, whatever is confirmed; found before anything is asked. An endpoint of 1.0.1
 * tells less, so less can be found.
 */
final class Refusals {
  /** Standard output and standard error. */
  private static final List<Path> OUTPUTS =
      List.of(Path.of("/proc/self/fd/1"), Path.of("/proc/self/fd/2"));

  private Refusals() {}

  /** Refuses these two images if they cannot become a pair. */
  static void check(ImageInfo source, ImageInfo target) throws DeclinedException {
    checkIdentity(source, target);
    checkOutput("source", source);
    checkOutput("target", target);
    checkSize(source, target);
    checkRoom(source, target);
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

  /** What this program prints, the summary at the latest, must not end up in an image. */
  private static void checkOutput(String role, ImageInfo info) throws DeclinedException {
    Identity image = identity(info);
    for (int i = 0; i < OUTPUTS.size() && image != null; i++) {
      Identity output = IdentityReader.of(OUTPUTS.get(i));
      if (output != null && output.overlaps(image)) {
        throw new DeclinedException(
            Printable.line(
                "the "
                    + role
                    + " "
                    + info.filePath()
                    + " is where standard "
                    + (i == 0 ? "output" : "error")
                    + " goes, and what is printed there would spoil it: redirect that to another"
                    + " file"));
      }
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

  /**
   * A target that is a file grows by the source's data at least, less what it has already. Who
   * knows better (that these are zeros, or that the file system compresses) makes the target
   * beforehand, in its full length: then it does not grow.
   */
  private static void checkRoom(ImageInfo source, ImageInfo target) throws DeclinedException {
    ImageDetails from = source.details();
    ImageDetails to = target.details();
    if (from == null
        || to == null
        || to.room() == ImageDetails.UNKNOWN
        || target.fileSize() >= source.fileSize()) {
      return;
    }
    if (!from.device() && from.data() == ImageDetails.UNKNOWN) {
      return; // See maxData.
    }
    String room =
        "the file system of the target "
            + target.filePath()
            + " has room for "
            + Units.bytes(to.room());
    long data = from.data() == ImageDetails.UNKNOWN ? source.fileSize() : from.data();
    if (data - target.fileSize() <= to.room()) {
      return;
    }
    if (from.data() != ImageDetails.UNKNOWN) {
      throw new DeclinedException(
          Printable.line(
              room
                  + ", too little for the "
                  + Units.bytes(data)
                  + " of data in the source; nothing was written (if much of that is zeros, make"
                  + " the target with 'truncate -s "
                  + source.fileSize()
                  + "' first)"));
    }
    Log.warn(
        Printable.line(
            room + ", and the source has " + Units.bytes(data) + ": all but zeros must fit"));
  }

  /**
   * How many bytes of data a source may have that has not counted them, since that seldom matters,
   * so that it does now; 0 if all of it fits.
   */
  static long maxData(ImageInfo source, ImageInfo target) {
    ImageDetails from = source.details();
    ImageDetails to = target.details();
    if (from == null
        || from.device()
        || from.data() != ImageDetails.UNKNOWN
        || to == null
        || to.room() == ImageDetails.UNKNOWN
        || source.fileSize() - target.fileSize() <= to.room()) {
      return 0;
    }
    return Math.max(1, target.fileSize() + to.room());
  }
}
