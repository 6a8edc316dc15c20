package io.iblocksync.protocol;

import java.util.List;

/**
 * What endpoints of this release offer beyond the plain protocol 2, by its name in the first lines;
 * PROTOCOL.md says what each means.
 */
public final class Features {
  /** DATA may be compressed. */
  public static final String ZSTD = "zstd";

  /** Of a block that differs only the pieces that differ are sent. */
  public static final String PIECES = "pieces";

  public static final List<String> ALL = List.of(ZSTD, PIECES);

  private Features() {}

  /** Those of them that work on this machine. */
  public static List<String> here() {
    return ZstdLibrary.usable() ? ALL : List.of(PIECES);
  }
}
