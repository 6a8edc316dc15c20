package io.iblocksync.cli.relay;

import io.iblocksync.program.Tasks;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.Printable;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.protocol.Setting;
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

  /** The endpoint's name stands before it, and its own memory is not meant. */
  private static final String NO_MEMORY =
      "the coordinator has not enough memory (IBLOCKSYNC_JAVA_OPTS=-Xmx512m)";

  final Peer source;
  final Peer target;
  final ImagePair images;
  final long commonBlocks;
  final Comparer comparer;
  final Outcome outcome = new Outcome();
  final RunFigures figures;
  private final long timeout;

  /**
   * @param lastDiffers whether the last common block differs whatever its hashes say
   */
  Relay(Peer source, Peer target, RelayOptions options, boolean lastDiffers) {
    this.source = source;
    this.target = target;
    this.images = options.images();
    this.commonBlocks = images.commonBlocks();
    this.timeout = options.settings().number(Setting.TIMEOUT);
    int digestLength = options.algorithm().length();
    this.comparer =
        new Comparer(commonBlocks, digestLength, lastDiffers, this::byPieces, this::forward);
    this.figures = new RunFigures(source, target, options, comparer, outcome, this::bytesUnderWay);
  }

  /** Whether blocks that differ now are to be sent by pieces; asked under the comparer's lock. */
  abstract boolean byPieces();

  /** Forwards verdicts; called in block order, under the comparer's lock. */
  abstract void forward(Verdicts verdicts) throws InterruptedException;

  /** Reads all that a side sends, to its end or failure. */
  abstract void read(Role role) throws IOException, InterruptedException;

  /** Watches the endpoints for silence, and says to them that the coordinator is alive. */
  abstract List<SilenceWatch> watch(long seconds);

  /** How many bytes of compared blocks can be still to come at most, if that is known. */
  long bytesUnderWay() {
    return Long.MAX_VALUE;
  }

  final Peer peer(Role role) {
    return role == Role.SOURCE ? source : target;
  }

  final void silent(Role role, long seconds) {
    outcome.silent(role, "no sign of life for " + seconds + " seconds (--timeout)");
  }

  /** What the run has come to; may be read at any time. */
  public final RunFigures figures() {
    return figures;
  }

  /**
   * Plays the session to its end.
   *
   * @throws EndpointException if an endpoint has failed; both are being ended then
   */
  public final void run() throws EndpointException, InterruptedException {
    figures.begin();
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
    // The outboxes first: a thread blocked there may hold the comparer's lock.
    source.abort();
    target.abort();
    comparer.abort();
    Peer culprit = peer(failed);
    String ended = outcome.message() == null ? culprit.endedText("before its work was done") : null;
    sourceReader.join(failed == Role.SOURCE ? DRAIN_MILLIS : 1);
    targetReader.join(failed == Role.TARGET ? DRAIN_MILLIS : 1);
    String message = outcome.message() == null ? ended : outcome.message();
    boolean lost = outcome.message() == null && culprit.connectionLost();
    if (lost || outcome.isSilent() && culprit.remote()) {
      throw EndpointException.connectionLost(culprit.title(), failed, message);
    }
    throw new EndpointException(culprit.title(), failed, message, outcome.errno());
  }

  private Thread start(Role role) {
    return Tasks.start(
        "read-" + peer(role).title(), () -> readAll(role), e -> outcome.fail(role, text(e)));
  }

  private void readAll(Role role) throws InterruptedException {
    try {
      read(role);
    } catch (ProtocolException e) {
      outcome.fail(role, "broke the protocol: " + Printable.line(e.getMessage()));
      discard(role);
    } catch (IOException e) {
      // The peer is gone: its exit status says more than a broken pipe.
      outcome.gone(role);
    }
  }

  private static String text(IOException unexpected) {
    return unexpected.getCause() instanceof OutOfMemoryError ? NO_MEMORY : unexpected.getMessage();
  }

  /** So that the side is never stuck in writing to us, whose input it would not notice closed. */
  private void discard(Role role) {
    try {
      while (peer(role).in().hasMore()) {
        peer(role).in().discard();
      }
    } catch (IOException e) {
      outcome.gone(role);
    }
  }
}
