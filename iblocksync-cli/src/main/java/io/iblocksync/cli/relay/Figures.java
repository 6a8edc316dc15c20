package io.iblocksync.cli.relay;

/**
 * How far a sync has come at one moment.
 *
 * @param blocks of the source
 * @param blocksDone compared, or sent without comparing
 * @param changed blocks that were or will be sent, as far as is known
 * @param bytes of the source
 * @param bytesDone found equal or sent
 * @param sourceBytes read by the source so far, holes included
 * @param targetBytes read by the target so far, holes included, or given to it past its end
 * @param linkBytes carried so far between here and the remote side; the source's if both are
 */
public record Figures(
    Phase phase,
    long blocks,
    long blocksDone,
    long changed,
    long bytes,
    long bytesDone,
    long sourceBytes,
    long targetBytes,
    long linkBytes) {

  /** What the sync is at. */
  public enum Phase {
    /** The endpoints are being started, and the user may be asked. */
    STARTING,
    /** Blocks are compared and sent. */
    SYNCING,
    /** The target has got all and brings it to its disk. */
    FLUSHING,
    /** The same, and before that it makes zeros of what a larger device has past the end. */
    ZEROING,
    /** The target brings all to its disk, and reads all of it again. */
    VERIFYING,
    /** All is done, and the endpoints' processes end. */
    ENDING
  }
}
