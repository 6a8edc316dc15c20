package io.iblocksync.cli;

import io.iblocksync.cli.terminal.Units;
import io.iblocksync.linux.IdentityReader;
import io.iblocksync.program.Log;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Identity;
import io.iblocksync.protocol.ImageDetails;
import io.iblocksync.protocol.Printable;
import java.nio.file.Path;
import java.util.List;

/**
 * What is never done, whatever is confirmed; found before anything is asked. An endpoint of 1.0.1
 * reports less, so less can be found.
 */
final class PairChecks {
  /** Standard output and standard error. */
  private static final List<Path> OUTPUTS =
      List.of(Path.of("/proc/self/fd/1"), Path.of("/proc/self/fd/2"));

  private PairChecks() {}

  /** Refuses these two images if they cannot become a pair. */
  static void check(ImageInfo source, ImageInfo target) throws DeclinedException {
    checkIdentity(source, target);
    checkOutput("source", source);
    checkOutput("target", target);
    checkSize(source, target);
    warnOfRoom(source, target);
  }

  /**
   * Refuses a target that does not exist.
   *
   * @throws DeclinedException also if it may not: an endpoint of 1.0.1 does not tell a missing file
   *     from an empty one
   */
  static void checkExists(ImageInfo target) throws DeclinedException {
    String path = Printable.line(target.filePath());
    if (isMissing(target)) {
      throw new DeclinedException(
          "the target " + path + " does not exist, and --existing creates none");
    }
    if (target.fileSize() == 0 && target.details() == null) {
      throw new DeclinedException(
          "the target "
              + path
              + " may not exist, which its iblocksync 1.0.1 does not tell (--existing)");
    }
  }

  /** Whether there is no target yet, as far as that is known. */
  static boolean isMissing(ImageInfo target) {
    return target.fileSize() == 0
        && target.details() != null
        && !target.details().device()
        && target.details().identity() == null;
  }

  /**
   * What becomes of the target past the source's end.
   *
   * @param keep whether it is to stay as it is, which is refused if the target is too old for that
   */
  static Rest rest(ImageInfo source, ImageInfo target, boolean keep) throws DeclinedException {
    Rest rest = Rest.of(source, target, keep);
    // Releases that can keep it are those that report signatures.
    boolean can = SignatureCheck.of(target) != null;
    if (rest.bytes() > 0 && rest.action() == Rest.Action.KEPT && !can) {
      String program = target.offer() == null ? "iblocksync 1.0.1" : target.offer().program();
      throw new DeclinedException(
          "--keep-rest needs iblocksync 2.1 or later for the target; it has "
              + Printable.line(program));
    }
    return rest;
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
   * Warns of a target whose file system may be too small for what the source has. Whether it is,
   * the source finds out before anything is written, see {@link #maxData}, but where the file
   * system compresses.
   */
  private static void warnOfRoom(ImageInfo source, ImageInfo target) {
    ImageDetails to = target.details();
    long most = most(source);
    if (most <= capacity(target) || maxData(source, target) > 0) {
      return;
    }
    Log.warn(
        Printable.line(
            "the file system of the target "
                + target.filePath()
                + " has room for "
                + Units.bytes(to.room())
                + ", and the source has "
                + Units.bytes(most)
                + (to.compresses() ? ": compressed, they must fit" : ": all but zeros must fit")));
  }

  /** How many bytes of data the source has at most, as far as it is known without reading it. */
  private static long most(ImageInfo source) {
    ImageDetails from = source.details();
    boolean counted = from != null && from.data() != ImageDetails.UNKNOWN;
    return counted ? from.data() : source.fileSize();
  }

  /**
   * How many bytes of data a target can hold: in blocks that it has already, and in those that its
   * file system has left; {@link Long#MAX_VALUE} if that is not known.
   */
  private static long capacity(ImageInfo target) {
    ImageDetails to = target.details();
    if (to == null || to.device() || to.room() == ImageDetails.UNKNOWN) {
      return Long.MAX_VALUE;
    }
    // Older endpoints do not report it; more than its length can be allocated too.
    long held = to.allocated() == ImageDetails.UNKNOWN ? target.fileSize() : to.allocated();
    return held > Long.MAX_VALUE - to.room() ? Long.MAX_VALUE : held + to.room();
  }

  /**
   * How many bytes that are not zero a source may have, for it to count them before anything is
   * written; 0 if all fits, or if that is not known beforehand.
   */
  static long maxData(ImageInfo source, ImageInfo target) {
    ImageDetails from = source.details();
    long capacity = capacity(target);
    boolean exceeds = most(source) > capacity && !target.details().compresses();
    return from != null && exceeds ? Math.max(1, capacity) : 0;
  }
}
