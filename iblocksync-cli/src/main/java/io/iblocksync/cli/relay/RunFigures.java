package io.iblocksync.cli.relay;

import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Setting;
import java.util.function.LongSupplier;

/**
 * What a run has come to, while it goes on and after it: for the progress, the summary and the
 * report. The relay's threads write it, any thread reads it; two numbers need not be of the same
 * moment.
 */
public final class RunFigures {
  private final Peer source;
  private final Peer target;
  private final RelayOptions options;
  private final ImagePair images;
  private final long commonBlocks;
  private final Comparer comparer;
  private final Outcome outcome;
  private final LongSupplier bytesUnderWay;
  private volatile long start;
  private volatile long relayedBytes;
  private volatile long relayedTo;
  private volatile Stats sourceStats;
  private volatile Stats targetStats;

  /**
   * @param bytesUnderWay how many bytes of compared blocks can be still to come at most
   */
  RunFigures(
      Peer source,
      Peer target,
      RelayOptions options,
      Comparer comparer,
      Outcome outcome,
      LongSupplier bytesUnderWay) {
    this.source = source;
    this.target = target;
    this.options = options;
    this.images = options.images();
    this.commonBlocks = images.commonBlocks();
    this.comparer = comparer;
    this.outcome = outcome;
    this.bytesUnderWay = bytesUnderWay;
  }

  /** The endpoints begin their work. */
  void begin() {
    start = System.nanoTime();
  }

  /** Bytes of the image have gone from the source to the target. For one thread. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread writes
  void relayed(long offset, long length) {
    relayedBytes += length;
    relayedTo = offset + length;
  }

  /** At the end of a dry run: as if that had gone across which would have. */
  void wouldRelay(long differingBytes) {
    long size = images.source().size();
    relayedBytes = differingBytes + size - images.bytesBefore(commonBlocks);
    relayedTo = size;
  }

  /** How far into the image bytes have gone across. */
  long relayedTo() {
    return relayedTo;
  }

  /** What a side says of its work at its end. */
  void stats(Role role, Stats stats) {
    if (role == Role.SOURCE) {
      sourceStats = stats;
    } else {
      targetStats = stats;
    }
  }

  /** What a side says of its work at its end; null before, and from protocol 1. */
  public Stats stats(Role role) {
    return role == Role.SOURCE ? sourceStats : targetStats;
  }

  /** The size of the source's image. */
  public long imageBytes() {
    return images.source().size();
  }

  public long comparedBlocks() {
    return comparer.compared();
  }

  /** How many blocks that were compared differ. */
  public long differingBlocks() {
    return comparer.differing();
  }

  /** How long comparing took; -1 if it has not come to its end. */
  public long compareNanos() {
    if (comparer.compared() < commonBlocks || start == 0) {
      return -1;
    }
    return commonBlocks == 0 ? 0 : comparer.comparedAt() - start;
  }

  /** How many blocks are or will be transmitted, as far as is known. */
  public long transmittedBlocks() {
    return comparer.differing() + blocksDone() - comparer.compared();
  }

  /** Bytes of the image that have gone from the source to the target. */
  public long transmittedBytes() {
    return relayedBytes;
  }

  /** How many bytes the source has sent, whatever they are for. */
  public long fromSource() {
    return source.received();
  }

  /** How many bytes the target was sent, whatever they are for. */
  public long toTarget() {
    return target.outbox().written();
  }

  /** How many bytes have crossed connections to other machines, both ways. */
  public long remoteBytes() {
    return remoteBytes(source) + remoteBytes(target);
  }

  private static long remoteBytes(Peer peer) {
    return peer.remote() ? peer.received() + peer.outbox().written() : 0;
  }

  /** How many of the source's blocks are dealt with: compared, or sent without comparing. */
  private long blocksDone() {
    long past = new Geometry(relayedTo, images.source().blockSize()).blocks();
    return comparer.compared() < commonBlocks ? comparer.compared() : Math.max(commonBlocks, past);
  }

  /** How far the run has come by now. */
  public Figures now() {
    long size = imageBytes();
    long pastBytes = Math.max(0, relayedTo - images.bytesBefore(commonBlocks));
    // What is compared but still to be carried is not done: up to a window full, long on slow
    // lines.
    long toCome =
        dryRun()
            ? 0
            : Math.min(
                bytesUnderWay.getAsLong(),
                Math.max(0, images.bytesBefore(comparer.differing()) - (relayedBytes - pastBytes)));
    boolean sent = allSent();
    long done = sent ? size : images.bytesBefore(comparer.compared()) - toCome + pastBytes;
    return new Figures(
        sent ? lastPhase() : Figures.Phase.SYNCING,
        images.source().blocks(),
        blocksDone(),
        transmittedBlocks(),
        size,
        Math.max(0, Math.min(done, size)),
        images.bytesBefore(comparer.hashed(Role.SOURCE)) + pastBytes,
        images.bytesBefore(comparer.hashed(Role.TARGET)) + pastBytes,
        source.remote() ? fromSource() : toTarget());
  }

  /** Whether the target has been given all, and only its own work is left. */
  private boolean allSent() {
    return outcome.isDone(Role.SOURCE) && target.outbox().isEmpty();
  }

  private Figures.Phase lastPhase() {
    if (options.settings().flag(Setting.VERIFY)) {
      return Figures.Phase.VERIFYING;
    }
    return options.zeroing() && !dryRun() ? Figures.Phase.ZEROING : Figures.Phase.FLUSHING;
  }

  private boolean dryRun() {
    return options.settings().flag(Setting.DRY_RUN);
  }
}
