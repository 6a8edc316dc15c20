package io.iblocksync.protocol;

/**
 * A setting that a coordinator can send to an endpoint for one run; PROTOCOL.md, "Settings",
 * defines each. A setting that is absent is false, 0 or empty.
 */
public enum Setting {
  /** Whether the target only compares: it writes, creates and truncates nothing. */
  DRY_RUN("dryRun", Kind.FLAG),

  /** Whether the target reads its image again at the end, from the disk. */
  VERIFY("verify", Kind.FLAG),

  /** The seconds without a sign of life after which the peer counts as gone; 0 for never. */
  TIMEOUT("timeout", Kind.NUMBER),

  /** The most bytes a second that the endpoint may send to the coordinator; 0 for no limit. */
  BWLIMIT("bwlimit", Kind.NUMBER),

  /** Whether zeros in a target file become holes. */
  SPARSE("sparse", Kind.FLAG),

  /** Whether zeros on a target device are discarded. */
  DISCARD("discard", Kind.FLAG),

  /** Whether the target is written to even if it is in use. */
  FORCE_IN_USE("forceInUse", Kind.FLAG),

  /** Whether the target leaves its bytes past the source's end unchanged. */
  KEEP_REST("keepRest", Kind.FLAG),

  /** The most bytes outside of holes that a source file may have; 0 for no limit. */
  MAX_DATA("maxData", Kind.NUMBER),

  /** With the feature pieces: the salt of the hashes of pieces, random bytes in hexadecimal. */
  SALT("salt", Kind.TEXT);

  /** The type of a setting's value. */
  enum Kind {
    FLAG,

    /** A whole number, at least 0. */
    NUMBER,
    TEXT
  }

  private final String label;
  private final Kind kind;

  Setting(String label, Kind kind) {
    this.label = label;
    this.kind = kind;
  }

  /** Returns the name on the wire. */
  String label() {
    return label;
  }

  Kind kind() {
    return kind;
  }

  /** Returns the setting of this name; null if this release does not know it. */
  static Setting of(String label) {
    for (Setting setting : values()) {
      if (setting.label.equals(label)) {
        return setting;
      }
    }
    return null;
  }
}
