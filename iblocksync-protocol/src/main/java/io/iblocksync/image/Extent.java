package io.iblocksync.image;

/**
 * What an image holds from some position on: data or a hole.
 *
 * @param hole whether it is a hole, which reads as zeros
 * @param end where it ends, in bytes; may lie past the end of the image
 */
record Extent(boolean hole, long end) {
  /** Data as far as is known. */
  static final Extent UNKNOWN = new Extent(false, Long.MAX_VALUE);
}
