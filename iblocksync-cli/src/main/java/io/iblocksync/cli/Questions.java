package io.iblocksync.cli;

import io.iblocksync.endpoint.Log;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Printable;

/** What the user must confirm before anything is written. */
final class Questions {
  private final boolean force;
  private final boolean terminal;

  /**
   * @param force whether everything is confirmed beforehand
   * @param terminal whether somebody can be asked
   */
  Questions(boolean force, boolean terminal) {
    this.force = force;
    this.terminal = terminal;
  }

  /** Asks about all that is remarkable with these two images. */
  void ask(ImageInfo source, ImageInfo target) throws DeclinedException {
    if (source.fileSize() == 0 && target.fileSize() > 0) {
      if (!force) {
        throw new DeclinedException(
            "the source image is empty, but the target image has "
                + target.fileSize()
                + " bytes; use -f to empty it");
      }
      Log.warn("the source image is empty: the target image is emptied");
    }
    if (source.fileSize() > 0 && target.fileSize() > 0 && source.fileSize() != target.fileSize()) {
      confirm(
          "the size of the source image ("
              + source.fileSize()
              + " bytes) differs from that of the target image ("
              + target.fileSize()
              + " bytes)");
    }
    if (!source.uuid().isEmpty()
        && !target.uuid().isEmpty()
        && !source.uuid().equals(target.uuid())) {
      confirm(
          "the UUID of the source image ("
              + Printable.line(source.uuid())
              + ") differs from that of the target image ("
              + Printable.line(target.uuid())
              + ")");
    }
  }

  private void confirm(String finding) throws DeclinedException {
    if (force) {
      Log.warn(finding);
    } else if (!terminal) {
      throw new DeclinedException(finding + "; use -f to sync nevertheless");
    } else if (!Question.ask(finding + ". Continue?", System.in, System.err)) {
      throw new DeclinedException("not confirmed, nothing was written");
    }
  }
}
