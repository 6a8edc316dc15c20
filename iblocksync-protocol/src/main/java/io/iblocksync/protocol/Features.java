package io.iblocksync.protocol;

import java.util.List;

/**
 * What endpoints of this release offer beyond the plain protocol 2, by its name in the first lines;
 * PROTOCOL.md says what each means.
 */
public final class Features {
  /** DATA may be compressed. */
  public static final String ZSTD = "zstd";

  public static final List<String> ALL = List.of(ZSTD);

  private Features() {}
}
