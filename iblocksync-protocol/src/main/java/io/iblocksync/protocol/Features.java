package io.iblocksync.protocol;

import java.util.List;

/**
 * What endpoints of this release offer beyond the basic protocol 2, by the names in the first
 * lines; PROTOCOL.md says what each means.
 */
public final class Features {
  /** DATA may be compressed with zstd. */
  public static final String ZSTD = "zstd";

  /** The source sends only the differing pieces of a differing block. */
  public static final String PIECES = "pieces";

  /** All features of this release. */
  public static final List<String> ALL = List.of(ZSTD, PIECES);

  private Features() {}

  /** Returns the features that work on this machine. */
  public static List<String> here() {
    return ZstdLibrary.usable() ? ALL : List.of(PIECES);
  }
}
