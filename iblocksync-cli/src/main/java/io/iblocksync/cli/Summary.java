package io.iblocksync.cli;

/**
 * What a sync has done, for people.
 *
 * @param bytes of the image that went from the source to the target
 * @param imageBytes the size of the source, all of which was dealt with
 * @param nanos from the start of the program to the end of both endpoints
 */
record Summary(
    long comparedBlocks, long transmittedBlocks, long bytes, long imageBytes, long nanos) {
  Summary(Relay relay, long nanos) {
    this(
        relay.comparedBlocks(),
        relay.transmittedBlocks(),
        relay.transmittedBytes(),
        relay.imageBytes(),
        nanos);
  }

  /** One line. */
  String line() {
    return "Compared "
        + comparedBlocks
        + " blocks, transmitted "
        + transmittedBlocks
        + " blocks: "
        + bytes
        + " bytes in "
        + Units.seconds(nanos)
        + " (image at "
        + Units.rate(imageBytes, nanos)
        + ")";
  }
}
