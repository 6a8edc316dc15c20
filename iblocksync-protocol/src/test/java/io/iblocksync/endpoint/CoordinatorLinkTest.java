package io.iblocksync.endpoint;

import static io.iblocksync.testing.Waiting.assertWaits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.linux.ImageException;
import io.iblocksync.program.Log;
import io.iblocksync.protocol.DigestValue;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Alive;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Failure;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.Message.Warning;
import io.iblocksync.protocol.PeerGoneException;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import io.iblocksync.testing.ScriptedCoordinator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CoordinatorLinkTest {
  private final ScriptedCoordinator coordinator = new ScriptedCoordinator();
  private final SendQueue<Message> queue = new SendQueue<>();
  private final List<IOException> stops = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();

  @Test
  void whatComesGoesToTheSessionButForSignsOfLife() throws Exception {
    CoordinatorLink link = link(0);
    link.listen(received::add);
    coordinator.write(new Alive());
    coordinator.verdict(0, true, 7);
    assertEquals(0, assertInstanceOf(Verdicts.class, received.take()).first());
  }

  @Test
  void theWriterWaitsUntilThereIsWork() throws Exception {
    CoordinatorLink link = link(0);
    FutureTask<Void> writer = assertWaits(() -> await(link));
    queue.wake();
    assertNull(writer.get());
  }

  @Test
  void itSaysThatItIsAliveWhileItWaitsAndWhileItPrepares() throws Exception {
    CoordinatorLink link = link(1);
    FutureTask<Void> writer = assertWaits(() -> await(link));
    assertInstanceOf(Alive.class, coordinator.read());
    queue.wake();
    writer.get();
    CountDownLatch prepared = new CountDownLatch(1);
    FutureTask<Void> preparing =
        assertWaits(
            () -> {
              link.whileAlive(prepared::await);
              return null;
            });
    assertInstanceOf(Alive.class, coordinator.read());
    assertInstanceOf(Alive.class, coordinator.read());
    prepared.countDown();
    preparing.get();
  }

  @Test
  void whatAPreparationFailsWithIsThrownAndReportedWhileTheInputIsDiscarded() throws Exception {
    CoordinatorLink link = link(0);
    ImageException failure = new ImageException(Path.of("/img"), "Input/output error", 5);
    IOException thrown =
        assertThrows(
            IOException.class,
            () ->
                link.whileAlive(
                    () -> {
                      throw failure;
                    }));
    assertSame(failure, thrown);
    FutureTask<IOException> reporting = assertWaits(() -> link.report(thrown));
    coordinator.verdict(0, true, 7);
    coordinator.write(new byte[100_000]);
    assertEquals(new Failure(5, "/img: Input/output error"), coordinator.read());
    assertSame(failure, assertInstanceOf(ReportedException.class, reporting.get()).getCause());
    assertSame(failure, stops.get(0));
  }

  @Test
  void aFailureOfAnyThreadReachesTheWriter() throws Exception {
    CoordinatorLink link = link(0);
    FutureTask<Void> writer = assertWaits(() -> await(link));
    IOException failure = new IOException("odd");
    link.fail(failure);
    link.fail(new IOException("second"));
    assertSame(failure, assertThrows(ExecutionException.class, writer::get).getCause());
    assertTrue(link.hasFailed());
    assertSame(failure, assertThrows(IOException.class, () -> link.write(new Alive())));
    assertSame(failure, stops.get(0));
  }

  @Test
  void afterAMessageThatIsRefusedTheInputIsDiscarded() throws Exception {
    CoordinatorLink link = link(0);
    link.listen(
        message -> {
          throw CoordinatorLink.unexpected(message, "none");
        });
    coordinator.verdict(0, true, 7);
    coordinator.write(new byte[100_000]);
    ProtocolException e = assertThrows(ProtocolException.class, () -> await(link));
    assertEquals(
        "unexpected Verdicts message, expected none (in the frame at byte 0 of the conversation)",
        e.getMessage());
  }

  @Test
  void aBugOfTheSessionIsAFailure() throws Exception {
    CoordinatorLink link = link(0);
    link.listen(
        message -> {
          throw new IllegalStateException("odd");
        });
    coordinator.verdict(0, true, 7);
    IOException e = assertThrows(IOException.class, () -> await(link));
    assertEquals("internal error: java.lang.IllegalStateException: odd", e.getMessage());
  }

  @Test
  void theEndOfTheInputIsTheEndOfTheSessionAndNotReported() throws Exception {
    CoordinatorLink link = link(0);
    link.listen(received::add);
    coordinator.end();
    IOException e = assertThrows(IOException.class, () -> await(link));
    assertSame(e, assertInstanceOf(PeerGoneException.class, link.report(e)));
    assertEquals(0, coordinator.waiting());
  }

  @Test
  void warningsGoOutBeforeWhatComesNext() throws Exception {
    CoordinatorLink link = link(0);
    FutureTask<Void> writer =
        coordinator.start(
            () -> {
              Warnings.collect();
              Log.warn("careful");
              link.write(new Alive());
              Log.warn("more");
              link.finish(new Stats(1, 2, 3, 4, 5), new Done(6, DigestValue.ZERO));
              Warnings.release();
              return null;
            });
    assertEquals(new Warning("careful"), coordinator.read());
    assertInstanceOf(Alive.class, coordinator.read());
    assertEquals(new Warning("more"), coordinator.read());
    assertEquals(new Done(6, DigestValue.ZERO), coordinator.read());
    assertEquals(new Stats(1, 2, 3, 4, 5), coordinator.stats());
    writer.get();
  }

  private CoordinatorLink link(long timeout) {
    Settings settings = Settings.NONE.with(Setting.TIMEOUT, timeout);
    return new CoordinatorLink(coordinator.run(4, 40, 40, settings), queue, stops::add);
  }

  private static Void await(CoordinatorLink link) throws IOException, InterruptedException {
    link.awaitWork(false);
    return null;
  }
}
