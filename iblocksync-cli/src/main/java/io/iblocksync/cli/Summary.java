package io.iblocksync.cli;

/**
 * What a sync has done, for people.
 *
 * @param nanos from the start of the program to the end of both endpoints
 */
record Summary(long comparedBlocks, long transmittedBlocks, long bytes, long nanos) {
  Summary(Relay relay, long nanos) {
    this(relay.comparedBlocks(), relay.transmittedBlocks(), relay.transmittedBytes(), nanos);
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
        + " ("
        + Units.rate(bytes, nanos)
        + ")";
  }
}
