package io.iblocksync.cli;

import io.iblocksync.cli.terminal.Units;
import io.iblocksync.protocol.Greeting.ImageInfo;
import java.util.Locale;

/**
 * What a larger target has past the end of the source, and what becomes of it.
 *
 * @param offset where it begins, which is the source's size; in bytes
 * @param bytes 0 if the target is not larger
 */
public record Rest(long offset, long bytes, Action action) {
  /** What becomes of it. */
  public enum Action {
    /** It stays as it is. */
    KEPT,

    /** Of a device, whose size is fixed. */
    ZEROED,

    /** Of a file. */
    CUT;

    /** As in JSON. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int WORTH_A_UNIT = 1_000_000;

  /**
   * The rest of this target. What 1.0.1 does not report to be a device counts as a file.
   *
   * @param keep whether it stays as it is
   */
  static Rest of(ImageInfo source, ImageInfo target, boolean keep) {
    long bytes = Math.max(0, target.fileSize() - source.fileSize());
    boolean device = target.details() != null && target.details().device();
    Action action = keep ? Action.KEPT : device ? Action.ZEROED : Action.CUT;
    return new Rest(source.fileSize(), bytes, action);
  }

  /** Whether bytes of the target are lost. */
  public boolean isLost() {
    return bytes > 0 && action != Action.KEPT;
  }

  /** As in {@code 2000000 bytes (2.0 MB), from byte 500 on}. */
  String where() {
    String unit = bytes < WORTH_A_UNIT ? "" : " (" + Units.bytes(bytes) + ")";
    return bytes + " bytes" + unit + ", from byte " + offset + " on";
  }

  /** What becomes of the bytes, as in {@code are cut off}. */
  String fate(boolean dryRun) {
    return switch (action) {
      case KEPT -> dryRun ? "would stay as they are" : "stay as they are";
      case ZEROED -> dryRun ? "would become zeros" : "become zeros";
      case CUT -> dryRun ? "would be cut off" : "are cut off";
    };
  }

  /** The end of the summary; empty if the target is not larger. */
  String summary(boolean dryRun) {
    if (bytes == 0) {
      return "";
    }
    String done =
        switch (action) {
          case KEPT -> "kept";
          case ZEROED -> "zeroed";
          case CUT -> "cut off";
        };
    return "; last " + Units.bytes(bytes) + (dryRun ? " would be " : " ") + done;
  }
}
