package io.iblocksync.cli.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.iblocksync.cli.it.Await;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.protocol.FrameReader;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.Settings;
import io.iblocksync.protocol.WireReader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The relay of protocol 2 with peers that the test plays. */
@Timeout(30)
class Protocol2RelayTest {
  private static final HashAlgorithm ALGORITHM = HashAlgorithm.CRC32;
  private static final int BLOCK = 1 << 16;
  private static final int BLOCKS = 2;

  private final PipePeer source = peer("source");
  private final PipePeer target = peer("target");
  private Relay relay;

  private static PipePeer peer(String title) {
    return new PipePeer(title, ALGORITHM.length(), 1 << 12, 0);
  }

  private FutureTask<Void> start() {
    Geometry image = new Geometry(BLOCKS * BLOCK, BLOCK);
    RelayOptions options =
        new RelayOptions(new ImagePair(image, image), ALGORITHM, Settings.NONE, true, false);
    relay = new Protocol2Relay(source, target, options);
    FutureTask<Void> running =
        new FutureTask<>(
            () -> {
              relay.run();
              return null;
            });
    Thread thread = new Thread(running, "relay");
    thread.setDaemon(true);
    thread.start();
    return running;
  }

  private static Hashes hashes(long first, int value) {
    return new Hashes(first, List.of(new HashRun(1, new byte[] {(byte) value, 0, 0, 1}, 0)));
  }

  private static Message next(PipePeer peer) throws IOException {
    return new FrameReader(new WireReader(peer.toEndpoint.source(), false), ALGORITHM.length())
        .read();
  }

  private static boolean isBlocked(String thread) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(one -> one.getName().equals(thread))
        .anyMatch(one -> one.getState() == Thread.State.BLOCKED);
  }

  /** The thread that forwards a verdict stops between the target, which gets it, and the source. */
  private void holdUpTheVerdict() {
    if (Thread.currentThread().getName().equals("read-source")) {
      try {
        Await.until(
            "a thread that waits, or PIECES that have passed",
            () -> isBlocked("read-target") || source.toEndpoint.waiting() > 0);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void aVerdictReachesTheSourceBeforeThePiecesThatFollowFromIt() throws Exception {
    FutureTask<Void> running = start();
    target.say(hashes(0, 1));
    Await.until("the target's hash", () -> relay.figures().now().targetBytes() > 0);
    source.beforeSending = this::holdUpTheVerdict;
    source.say(hashes(0, 2));
    assertInstanceOf(Verdicts.class, next(target));
    target.say(new Pieces(0, 0, new byte[8]));
    FrameReader frames =
        new FrameReader(new WireReader(source.toEndpoint.source(), false), ALGORITHM.length());
    assertInstanceOf(Verdicts.class, frames.read());
    assertInstanceOf(Pieces.class, frames.read());
    source.fromEndpoint.end();
    assertThrows(ExecutionException.class, running::get);
  }

  @Test
  void aPeerThatIsGoneIsTheFailureAndBothInputsAreClosed() throws Exception {
    FutureTask<Void> running = start();
    target.fromEndpoint.end();
    ExecutionException e = assertThrows(ExecutionException.class, running::get);
    EndpointException failure = assertInstanceOf(EndpointException.class, e.getCause());
    assertEquals("target", failure.title());
    assertEquals(Role.TARGET, failure.role());
    assertEquals("ended before its work was done", failure.getMessage());
    assertEquals(-1, source.toEndpoint.input().read());
    assertEquals(-1, target.toEndpoint.input().read());
  }
}
