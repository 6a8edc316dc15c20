package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.fault.Victim;
import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.LocalShell;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import io.iblocksync.cli.it.Shell;
import io.iblocksync.cli.it.TwoImages;
import io.iblocksync.cli.it.Wrapper;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.LoopFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs that are ended in the middle: the wrappers' clean-up has run, once and to its end, before
 * the coordinator ends, and no process is left.
 */
@Timeout(60)
class EndingIT extends TwoImages {
  private Wrapper sourceWrapper;
  private Wrapper targetWrapper;

  EndingIT() {
    super(2_000_000);
  }

  @BeforeEach
  void makeWrappers() throws IOException {
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
    Await.until("the sync has begun", () -> Files.exists(target));
    Await.pause(200);
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
      Await.until("the clean-up has begun", () -> sourceWrapper.log().size() > 1);
      running.signalGroup("INT");
      running.await().ended(130);
      assertCleanedUp();
    }
  }

  @Test
  void aSignalWhileTheSourceIsPreparedWaitsForItsCleanUp() throws Exception {
    sourceWrapper.before("sleep 2");
    try (Running running = wrapped().start()) {
      Await.until("the preparation has begun", () -> !sourceWrapper.log().isEmpty());
      Await.pause(300);
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
      Await.until("it is asked", () -> running.output().contains("Continue? "));
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
      Await.until("all processes have ended", running.processes()::isEmpty);
      assertCleanedUp();
    }
  }

  private static Program impatient(Program program) {
    return program.with("IBLOCKSYNC_JAVA_OPTS", "-Diblocksync.term=2 -Diblocksync.kill=3");
  }

  /** Neither closes its input nor takes what is written to it, and SIGTERM does not end it. */
  private Program starved() throws IOException {
    source = new Images(folder).random("source.img", 8_000_000);
    sourceWrapper = Wrapper.ofSource(folder).before("trap : TERM");
    targetWrapper = Wrapper.ofTarget(folder).slowly().starvedAfter(20_000);
    return impatient(wrapped());
  }

  @Test
  void aSignalEndsARunWhoseTargetTakesNothingMoreAndTheWrapperStillCleansUp() throws Exception {
    try (Running running = starved().start()) {
      awaitTheMiddle();
      Await.pause(1000);
      running.signal("TERM");
      Result result = running.await().ended(143);
      assertTrue(
          result
              .errors()
              .contains("iblocksync: waiting for iblocksync-receive to end after a signal\n"),
          result.description());
      assertCleanedUp();
    }
  }

  /** That shell itself ends at once. */
  @Test
  void aWrapperBelowAnotherShellStillCleansUpWhenWhatItWaitsForIsKilled() throws Exception {
    try (Running running =
        starved()
            .with(
                "IBLOCKSYNC_TARGET_EXEC",
                "sh -c '\"$0\" \"$@\"; exit $?' " + Shell.quote(targetWrapper.write()))
            .start()) {
      awaitTheMiddle();
      Await.pause(1000);
      running.signal("TERM");
      running.await().ended(143);
      assertCleanedUp();
    }
  }

  @Test
  void aSlowLimitOnTheConnectionHoldsUpNoEnd() throws Exception {
    Path shell = new LocalShell(folder).script();
    try (Running running =
        Program.iblocksync("-b", "64K", "--bwlimit", "1K", source, "host:" + target)
            .with("IBLOCKSYNC_TARGET_RSH", shell)
            .with("IBLOCKSYNC_TARGET_EXEC", Shell.quote(targetWrapper.write()))
            .start()) {
      awaitTheMiddle();
      running.signal("TERM");
      Result result = running.await().ended(143);
      assertFalse(result.errors().contains("waiting"), result.description());
    }
    assertEquals(Wrapper.cleanedUpOnce(), targetWrapper.log());
  }

  /**
   * Not even SIGKILL ends who waits for a disk. Inside the coordinator that is the last to hang.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTargetWhoseDiskHangsHoldsUpNeitherTheMessageNorTheOtherSide(boolean inside)
      throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Path go = folder.resolve("go");
    try (LoopFileSystem system = LoopFileSystem.of("ext4", disk)) {
      target = Files.write(system.folder().resolve("target.img"), new byte[2_000_000]);
      sourceWrapper = Wrapper.ofSource(folder).pausedAfter(9_000, go);
      Program program = impatient(Program.iblocksync("-b", "512", source, target));
      if (!inside) {
        program.with("IBLOCKSYNC_TARGET_EXEC", Repository.script("iblocksync-receive"));
      }
      try (Running running =
          program.with("IBLOCKSYNC_SOURCE_EXEC", sourceWrapper.write()).start()) {
        Await.until("the source is prepared", () -> !sourceWrapper.log().isEmpty());
        Await.until(
            "the target is locked",
            () -> Files.readString(Path.of("/proc/locks")).contains(inode()));
        Victim victim = inside ? Victim.COORDINATOR : Victim.TARGET;
        long process = running.processes().find(victim.text()).get(0);
        Commands.run("fsfreeze", "--freeze", system.folder().toString());
        try {
          Files.createFile(go);
          Await.until("it hangs", () -> hangs(process));
          running.signal("TERM");
          Await.until("the end is told", () -> running.errors().contains(": error: "));
          assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
          if (!inside) {
            running.awaitAlone().ended(143);
          }
        } finally {
          Commands.run("fsfreeze", "--unfreeze", system.folder().toString());
        }
        Result result = running.await().ended(143);
        assertTrue(
            result.errors().contains("iblocksync-receive does not end"), result.description());
        Await.until("nobody has the disk", () -> states(process).matches("Z*"));
      }
    }
  }

  /** Whether a thread of the process sleeps so that no signal wakes it, and goes on to do so. */
  private static boolean hangs(long process) throws IOException {
    for (int looks = 0; looks < 5; looks++) {
      if (!states(process).contains("D")) {
        return false;
      }
      Await.pause(50);
    }
    return true;
  }

  /** A letter for each thread of a process: D, and Z for those that are dead. */
  private static String states(long process) throws IOException {
    String stats = "cat /proc/" + process + "/task/*/stat 2>/dev/null";
    return Commands.run("sh", "-c", stats + " | sed 's/.*) //' | cut -c 1 | tr -d '\\n'");
  }

  private String inode() throws IOException {
    return ":" + Files.getAttribute(target, "unix:ino") + " ";
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
