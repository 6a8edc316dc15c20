package io.iblocksync.protocol;

/**
 * What a coordinator can ask of an endpoint for one run, by its name on the wire; what each means
 * stands in PROTOCOL.md, "Settings". One that is absent is false, 0 or empty.
 */
public enum Setting {
  /** Whether the target only compares: nothing is written, created or cut. */
  DRY_RUN("dryRun", Kind.FLAG),

  /** Whether the target is read again from its medium at the end. */
  VERIFY("verify", Kind.FLAG),

  /** After how many seconds without a sign of life the peer counts as gone; 0 for never. */
  TIMEOUT("timeout", Kind.NUMBER),

  /** How many bytes a second the endpoint may send to the coordinator; 0 for any number. */
  BWLIMIT("bwlimit", Kind.NUMBER),

  /** Whether zeros within a target that is a file become holes. */
  SPARSE("sparse", Kind.FLAG),

  /** Whether zeros on a target that is a device are discarded. */
  DISCARD("discard", Kind.FLAG),

  /** Whether a target that is in use is written to all the same. */
  FORCE_IN_USE("forceInUse", Kind.FLAG),

  /** Whether what a target has past the source's end stays as it is. */
  KEEP_REST("keepRest", Kind.FLAG),

  /** How many bytes that are no holes a source that is a file may have; 0 for any number. */
  MAX_DATA("maxData", Kind.NUMBER),

  /** With the feature pieces: random bytes, in hexadecimal, that go into each hash of a piece. */
  SALT("salt", Kind.TEXT);

  /** What a setting's value is. */
  enum Kind {
    FLAG,

    /** A whole number from 0 on. */
    NUMBER,
    TEXT
  }

  private final String label;
  private final Kind kind;

  Setting(String label, Kind kind) {
    this.label = label;
    this.kind = kind;
  }

  /** The name on the wire. */
  String label() {
    return label;
  }

  Kind kind() {
    return kind;
  }

  /** The setting of this name; null if this release has none. */
  static Setting of(String label) {
    for (Setting setting : values()) {
      if (setting.label.equals(label)) {
        return setting;
      }
    }
    return null;
  }
}
