package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Eventually;
import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import io.iblocksync.cli.it.Wrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs that are ended in the middle: the wrappers' clean-up has run, once and to its end, before
 * the coordinator ends, and no process is left.
 */
@Timeout(60)
class EndingIT {
  @TempDir Path folder;
  private Path source;
  private Path target;
  private Wrapper sourceWrapper;
  private Wrapper targetWrapper;

  @BeforeEach
  void makeImages() throws IOException {
    source = new Images(folder).random("source.img", 2_000_000);
    target = folder.resolve("target.img");
    sourceWrapper = Wrapper.ofSource(folder).slowly().stuckAfter(9_000);
    targetWrapper = Wrapper.ofTarget(folder).slowly();
  }

  private Program wrapped() throws IOException {
    return Program.iblocksync("-b", "512", source, target)
        .with("IBLOCKSYNC_SOURCE_EXEC", sourceWrapper.write())
        .with("IBLOCKSYNC_TARGET_EXEC", targetWrapper.write());
  }

  /** The target is created when the sync begins; then it stands still, for the source is stuck. */
  private void awaitTheMiddle() throws Exception {
    Eventually.until("the sync has begun", () -> Files.exists(target));
    Eventually.pause(200);
  }

  private void assertCleanedUp() throws IOException {
    assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
    assertEquals(Wrapper.cleanedUpOnce(), targetWrapper.log());
  }

  @Tag("smoke")
  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
  void aSignalToTheCoordinatorLetsBothWrappersCleanUp(String signal, int status) throws Exception {
    try (Running running = wrapped().start()) {
      awaitTheMiddle();
      running.signal(signal);
      running.await().ended(status);
      assertCleanedUp();
    }
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "HUP, 129"})
  void aSignalToTheWholeProcessGroupLetsBothWrappersCleanUp(String signal, int status)
      throws Exception {
    try (Running running = wrapped().start()) {
      awaitTheMiddle();
      running.signalGroup(signal);
      running.await().ended(status);
      assertCleanedUp();
    }
  }

  @Test
  void controlCAtATerminalLetsBothWrappersCleanUp() throws Exception {
    try (Running running = wrapped().onTerminal("").start()) {
      awaitTheMiddle();
      running.type("\u0003");
      running.await().ended(130);
      assertCleanedUp();
    }
  }

  @Test
  void aSecondControlCDoesNotCutTheCleanUpShort() throws Exception {
    try (Running running = wrapped().start()) {
      awaitTheMiddle();
      running.signalGroup("INT");
      Eventually.until("the clean-up has begun", () -> sourceWrapper.log().size() > 1);
      running.signalGroup("INT");
      running.await().ended(130);
      assertCleanedUp();
    }
  }

  @Test
  void aSignalWhileTheSourceIsPreparedWaitsForItsCleanUp() throws Exception {
    sourceWrapper.before("sleep 2");
    try (Running running = wrapped().start()) {
      Eventually.until("the preparation has begun", () -> !sourceWrapper.log().isEmpty());
      Eventually.pause(300);
      running.signal("TERM");
      running.await().ended(143);
      assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
      assertEquals(List.of(), targetWrapper.log());
    }
    assertFalse(Files.exists(target));
  }

  @Test
  void aSignalAtAQuestionEndsTheRun() throws Exception {
    new Images(folder).random("target.img", 1_000);
    try (Running running = wrapped().onTerminal("").start()) {
      Eventually.until("the target is prepared", () -> !targetWrapper.log().isEmpty());
      Eventually.pause(1000);
      running.type("\u0003");
      running.await().ended(130);
      assertCleanedUp();
    }
    assertEquals(1_000, Files.size(target));
  }

  @Tag("smoke")
  @ParameterizedTest
  @ValueSource(strings = {"io.iblocksync.serve.Main", "io.iblocksync.receive.Main"})
  void theKillOfAnEndpointLetsBothWrappersCleanUp(String endpoint) throws Exception {
    try (Running running = wrapped().start()) {
      awaitTheMiddle();
      assertEquals(1, running.processes().signal("KILL", endpoint));
      running.await().failed();
      assertCleanedUp();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"iblocksync-serve", "iblocksync-receive"})
  void theKillOfAnEndpointWithoutAWrapperIsSaidToBeOne(String endpoint) throws Exception {
    // The source's wrapper is what keeps the run in the middle; where it is the source that is
    // killed, it hands on the status.
    sourceWrapper.status(137);
    Program program = wrapped();
    if (endpoint.equals("iblocksync-receive")) {
      program = program.with("IBLOCKSYNC_TARGET_EXEC", Repository.script("iblocksync-receive"));
    }
    try (Running running = program.start()) {
      awaitTheMiddle();
      assertEquals(
          1,
          running
              .processes()
              .signal("KILL", endpoint.replace("iblocksync-", "io.iblocksync.") + ".Main"));
      Result result = running.await().failed(endpoint);
      assertTrue(result.error().contains("137") || result.error().contains("signal 9"));
    }
  }

  @Test
  void theKillOfTheCoordinatorEndsBothEndpointsAndTheirWrappersCleanUp() throws Exception {
    try (Running running = wrapped().start()) {
      awaitTheMiddle();
      running.signal("KILL");
      running.awaitAlone().ended(137);
      Eventually.until("all processes have ended", running.processes()::isEmpty);
      assertCleanedUp();
    }
  }

  @Test
  void anInterruptedRunIsFinishedByTheNext() throws Exception {
    try (Running running = wrapped().start()) {
      awaitTheMiddle();
      running.signal("TERM");
      running.await().ended(143);
    }
    Program.iblocksync("-f", source, target).run().ended(0);
    Images.assertEqual(source, target);
  }
}
