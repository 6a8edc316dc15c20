package io.iblocksync.image;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An image that can be read at any place, by several threads at the same time. */
public interface ReadableImage {
  /**
   * Fills all that remains of a buffer.
   *
   * @param position of the first byte, from the start of the image
   */
  void read(ByteBuffer into, long position) throws IOException;

  /** Is called once, before all of the image is read in order; may take long. */
  default void begin() {}

  /** Finds the image's holes, which need not be read; null if holes cannot be found. */
  default HoleFinder holes() {
    return null;
  }
}
