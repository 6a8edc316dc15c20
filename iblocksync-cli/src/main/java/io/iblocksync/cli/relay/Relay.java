package io.iblocksync.cli.relay;

import io.iblocksync.cli.Rest;
import io.iblocksync.cli.process.EndpointProcess;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.PeerGoneException;
import io.iblocksync.protocol.Printable;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import io.iblocksync.protocol.SilenceWatch;
import java.io.IOException;
import java.util.List;

/**
 * The coordinator's part once both endpoints have started: a thread for each reads what it sends,
 * the hashes go to the {@link Comparer}, the blocks to the target. Ends when both sides are done or
 * one has failed.
 */
public abstract class Relay {
  private static final int DRAIN_MILLIS = 2000;

  protected final EndpointProcess source;
  protected final EndpointProcess target;
  protected final Geometry sourceGeometry;
  protected final Geometry targetGeometry;
  protected final HashAlgorithm algorithm;
  protected final long commonBlocks;
  protected final Comparer comparer;
  protected final Outcome outcome = new Outcome();
  private volatile long start;
  private Settings settings = Settings.NONE;
  private boolean zeroing;
  protected volatile long relayedBytes;
  protected volatile long relayedTo;
  private long timeout;
  protected volatile Stats sourceStats;
  protected volatile Stats targetStats;

  Relay(
      EndpointProcess source,
      EndpointProcess target,
      Geometry sourceGeometry,
      Geometry targetGeometry,
      HashAlgorithm algorithm,
      boolean lastDiffers) {
    this.source = source;
    this.target = target;
    this.sourceGeometry = sourceGeometry;
    this.targetGeometry = targetGeometry;
    this.algorithm = algorithm;
    this.commonBlocks = Math.min(sourceGeometry.blocks(), targetGeometry.blocks());
    this.comparer = new Comparer(commonBlocks, algorithm.length(), lastDiffers, this::tell);
  }

  /** Tells verdicts to who must know; called in block order. */
  protected abstract void tell(Verdicts verdicts) throws InterruptedException;

  /** Reads all that a side sends, to its end or failure. */
  protected abstract void read(Role role) throws IOException, InterruptedException;

  /** Lets an endpoint count as failed that has been silent for so many seconds; 0 for never. */
  public final void timeout(long seconds) {
    timeout = seconds;
  }

  /** Watches the endpoints for silence, and says to them that the coordinator is alive. */
  protected abstract List<SilenceWatch> watch(long seconds);

  protected final void silent(Role role, long seconds) {
    outcome.fail(role, "no sign of life for " + seconds + " seconds (--timeout)");
  }

  /** Plays the session to its end. */
  public final void run() throws EndpointException, InterruptedException {
    start = System.nanoTime();
    Thread sourceReader = start(Role.SOURCE);
    Thread targetReader = start(Role.TARGET);
    source.onGone(() -> outcome.gone(Role.SOURCE));
    target.onGone(() -> outcome.gone(Role.TARGET));
    List<SilenceWatch> watches = timeout == 0 ? List.of() : watch(timeout);
    try {
      outcome.await();
    } finally {
      watches.forEach(SilenceWatch::end);
    }
    Role failed = outcome.failed();
    if (failed == null) {
      return;
    }
    // The outboxes first: who waits for room there may hold the comparer's lock.
    source.abort();
    target.abort();
    comparer.abort();
    EndpointProcess culprit = side(failed);
    String ended = outcome.message() == null ? culprit.endedText("before its work was done") : null;
    sourceReader.join(failed == Role.SOURCE ? DRAIN_MILLIS : 1);
    targetReader.join(failed == Role.TARGET ? DRAIN_MILLIS : 1);
    throw culprit.failed(outcome.message() == null ? ended : outcome.message(), outcome.errno());
  }

  private Thread start(Role role) {
    Thread thread = new Thread(() -> readAll(role), "read-" + side(role).title());
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void readAll(Role role) {
    try {
      read(role);
    } catch (PeerGoneException e) {
      outcome.gone(role);
    } catch (ProtocolException e) {
      outcome.fail(role, "broke the protocol: " + Printable.line(e.getMessage()));
      discard(role);
    } catch (IOException e) {
      outcome.gone(role);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (OutOfMemoryError e) {
      // Constants, for there is nothing left to make a text of.
      outcome.fail(role, "the coordinator has not enough memory (IBLOCKSYNC_JAVA_OPTS=-Xmx512m)");
    } catch (RuntimeException | Error e) {
      outcome.fail(role, "internal error: " + e);
    }
  }

  /** So that the side is never stuck in writing to us, whose input it would not notice closed. */
  private void discard(Role role) {
    try {
      while (side(role).in().hasMore()) {
        side(role).in().discard();
      }
    } catch (IOException e) {
      outcome.gone(role);
    }
  }

  public final EndpointProcess side(Role role) {
    return role == Role.SOURCE ? source : target;
  }

  /** How long comparing took; -1 if it has not come to its end. */
  public final long compareNanos() {
    if (comparer.compared() < commonBlocks || start == 0) {
      return -1;
    }
    return commonBlocks == 0 ? 0 : comparer.comparedAt() - start;
  }

  public final long differingBlocks() {
    return comparer.differing();
  }

  /** What a side says of its work at its end; null before, and from protocol 1. */
  public final Stats stats(Role role) {
    return role == Role.SOURCE ? sourceStats : targetStats;
  }

  /** How many of the source's blocks are dealt with: compared, or sent without comparing. */
  final long blocksDone() {
    long past = new Geometry(relayedTo, sourceGeometry.blockSize()).blocks();
    return comparer.compared() < commonBlocks ? comparer.compared() : Math.max(commonBlocks, past);
  }

  final long blocksToDo() {
    return sourceGeometry.blocks();
  }

  /** What the endpoints were asked for, before the start; it only matters for the figures. */
  public final void settings(Settings chosen) {
    settings = chosen;
  }

  /** What becomes of the target past the source's end; before the start, only for the figures. */
  public final void rest(Rest rest) {
    zeroing = rest.isLost() && rest.action() == Rest.Action.ZEROED;
  }

  /** How many bytes of compared blocks can be still to come at most, if that can be told. */
  protected long bytesUnderWay() {
    return Long.MAX_VALUE;
  }

  /** How far it has come. */
  public final Figures figures() {
    long size = sourceGeometry.size();
    long pastBytes = Math.max(0, relayedTo - bytes(commonBlocks));
    // What is compared but still to be carried is not done: up to a window full, long on slow
    // lines.
    long toCome =
        settings.flag(Setting.DRY_RUN)
            ? 0
            : Math.min(
                bytesUnderWay(),
                Math.max(0, bytes(comparer.differing()) - (relayedBytes - pastBytes)));
    boolean sent = allSent();
    long done = sent ? size : bytes(comparer.compared()) - toCome + pastBytes;
    return new Figures(
        sent ? lastPhase() : Figures.Phase.SYNCING,
        blocksToDo(),
        blocksDone(),
        transmittedBlocks(),
        size,
        Math.max(0, Math.min(done, size)),
        bytes(comparer.hashed(Role.SOURCE)) + pastBytes,
        bytes(comparer.hashed(Role.TARGET)) + pastBytes,
        source.remote() ? source.received() : target.sent());
  }

  private Figures.Phase lastPhase() {
    if (settings.flag(Setting.VERIFY)) {
      return Figures.Phase.VERIFYING;
    }
    boolean zeros = zeroing && !settings.flag(Setting.DRY_RUN);
    return zeros ? Figures.Phase.ZEROING : Figures.Phase.FLUSHING;
  }

  private long bytes(long blocks) {
    return Math.min(blocks * sourceGeometry.blockSize(), sourceGeometry.size());
  }

  /** Whether the target has been given all, and only its own work is left. */
  private boolean allSent() {
    return outcome.isDone(Role.SOURCE) && target.outbox().isEmpty();
  }

  public final long imageBytes() {
    return sourceGeometry.size();
  }

  public final long comparedBlocks() {
    return comparer.compared();
  }

  /** How many blocks are or will be transmitted, as far as is known. */
  public final long transmittedBlocks() {
    return comparer.differing() + blocksDone() - comparer.compared();
  }

  /** Bytes of the image that have gone from the source to the target. */
  public final long transmittedBytes() {
    return relayedBytes;
  }
}
