package io.iblocksync.image;

/** What a worker of {@link ReadAhead} knows of the image that it claims chunks of. */
interface Claims {
  /** Finds out what the image holds at a position; may ask the disk. */
  Extent at(long offset);

  /** Is called for each chunk in the order of the image, whichever worker claims it. */
  default void claimed(Chunk chunk) {}
}
