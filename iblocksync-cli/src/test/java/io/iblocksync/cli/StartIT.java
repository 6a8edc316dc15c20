package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import io.iblocksync.cli.it.Shell;
import io.iblocksync.cli.it.Wrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sides that never answer the greeting, or late. */
@Timeout(60)
class StartIT {
  private static final String NO_ANSWER = "no answer for 1 seconds (--timeout)";

  @TempDir Path folder;
  private Path source;
  private Path target;
  private Path go;
  private Wrapper sourceWrapper;
  private Wrapper targetWrapper;

  @BeforeEach
  void makeImages() throws IOException {
    source = new Images(folder).random("source.img", 100_000);
    target = folder.resolve("target.img");
    go = folder.resolve("go");
    sourceWrapper = Wrapper.ofSource(folder);
    targetWrapper = Wrapper.ofTarget(folder);
  }

  private Program impatient(Object... arguments) {
    return Program.iblocksync(arguments)
        .and("--timeout", "1")
        .with("IBLOCKSYNC_JAVA_OPTS", "-Diblocksync.term=2 -Diblocksync.kill=1");
  }

  private Program wrapped() throws IOException {
    return impatient(source, target)
        .with("IBLOCKSYNC_SOURCE_EXEC", sourceWrapper.write())
        .with("IBLOCKSYNC_TARGET_EXEC", targetWrapper.write());
  }

  /** At a terminal, with a source that takes its time and a target that is there at once. */
  private Program patient() throws IOException {
    return Program.iblocksync("--timeout", "30", source, target)
        .with("IBLOCKSYNC_JAVA_OPTS", "-Diblocksync.term=2 -Diblocksync.kill=1")
        .with("IBLOCKSYNC_SOURCE_EXEC", sourceWrapper.write())
        .onTerminal("");
  }

  private String untilGo() {
    return "while [ ! -e " + Shell.quote(go) + " ]; do sleep 0.1; done";
  }

  /** A script that stands in for ssh. */
  private Path shell(String script) throws IOException {
    Path file = folder.resolve("rsh");
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  @Test
  void aSourceThatReadsTheGreetingAwayEndsTheRunByTheTimeout() throws IOException {
    sourceWrapper.before("cat >/dev/null");
    wrapped().run().failed("iblocksync-serve: error: " + NO_ANSWER).saidNothingElse();
    assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
    assertEquals(List.of(), targetWrapper.log());
  }

  @Test
  void aTargetThatNeverAnswersEndsTheRunAndTheSourceCleansUp() throws IOException {
    targetWrapper.before("cat >/dev/null");
    wrapped().run().failed("iblocksync-receive: error: " + NO_ANSWER).saidNothingElse();
    assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
    assertEquals(Wrapper.cleanedUpOnce(), targetWrapper.log());
    assertFalse(Files.exists(target));
  }

  /** Nobody types the source's password any more when the target is started. */
  @Test
  void aTargetThatNeverAnswersEndsTheRunAtATerminalToo() throws IOException {
    targetWrapper.before("cat >/dev/null");
    Result result = wrapped().onTerminal("").run().ended(1);
    assertTrue(result.says("iblocksync-receive: error: " + NO_ANSWER), result.description());
    assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
  }

  @Test
  void aConnectionThatHangsIsNamedWithItsHostAndKilled() throws IOException {
    impatient(source, "db:" + target)
        .with("IBLOCKSYNC_SOURCE_EXEC", sourceWrapper.write())
        .with("IBLOCKSYNC_TARGET_RSH", shell("trap '' TERM; sleep 600"))
        .run()
        .failed(75, "iblocksync-receive on db: error: " + NO_ANSWER);
    assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
  }

  @Test
  void atATerminalTheFirstSideMayTakeItsTimeAndALineSaysWhoIsWaitedFor() throws Exception {
    Path rsh = shell(untilGo() + "; shift 2; exec sh -c \"$*\"");
    try (Running running =
        impatient("db:" + source, target)
            .with("IBLOCKSYNC_SOURCE_RSH", rsh)
            .with("IBLOCKSYNC_SOURCE_EXEC", Shell.quote(Repository.script("iblocksync-serve")))
            .onTerminal("")
            .start()) {
      String line = "iblocksync: connecting to db ...";
      Await.until("it is said", () -> running.output().contains("\n" + line));
      Await.pause(500); // Longer than the timeout.
      Files.createFile(go);
      Result result = running.await().ended(0);
      assertEquals(1, result.output().split(line, -1).length - 1, result.description());
    }
    Images.assertEqual(source, target);
  }

  @Test
  void aSideOnThisMachineThatIsWaitedForIsNamed() throws Exception {
    sourceWrapper.before(untilGo());
    try (Running running = patient().start()) {
      String line = "iblocksync: waiting for iblocksync-serve to start";
      Await.until("it is said", () -> running.output().contains(line));
      Files.createFile(go);
      running.await().ended(0);
    }
  }

  @Test
  void aPromptForAPasswordIsLeftAloneUntilItIsOver() throws Exception {
    Path typed = folder.resolve("typed");
    sourceWrapper.before(
        "stty -echo </dev/tty; printf 'password: ' >/dev/tty; read -r word </dev/tty;"
            + " stty echo </dev/tty; echo \"$word\" >"
            + Shell.quote(typed)
            + "; "
            + untilGo());
    try (Running running = patient().start()) {
      Await.until("it is asked", () -> running.output().contains("password: "));
      Await.pause(1500);
      assertFalse(running.output().contains("waiting for"), running.output());
      running.type("secret\n");
      Await.until("it is said", () -> running.output().contains("waiting for"));
      Files.createFile(go);
      running.await().ended(0);
    }
    assertEquals("secret\n", Files.readString(typed));
  }

  @Test
  void aTimeoutOfZeroIsNone() throws Exception {
    sourceWrapper.before(untilGo());
    try (Running running = wrapped().and("--timeout", "0").start()) {
      Await.until("it has begun", () -> !sourceWrapper.log().isEmpty());
      Await.pause(1500);
      assertTrue(running.isAlive());
      Files.createFile(go);
      running.await().succeeded();
    }
  }

  /** As at the end of a line that is dead, with what was sent before lost. */
  @ParameterizedTest
  @ValueSource(strings = {"iblocksync-serve", "iblocksync-receive"})
  void anEndpointThatNobodyGreetsEndsByItself(String endpoint) throws Exception {
    Path errors = folder.resolve("errors");
    ProcessBuilder builder =
        new ProcessBuilder(Repository.script(endpoint).toString(), source.toString())
            .redirectError(errors.toFile());
    builder.environment().put("JAVA_HOME", Repository.javaHome());
    builder.environment().put("IBLOCKSYNC_JAVA_OPTS", "-Diblocksync.greeting=1");
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(30, TimeUnit.SECONDS), "still runs");
      assertEquals(1, process.exitValue());
      assertEquals(
          endpoint + ": error: no sign of life from the coordinator for 1 seconds\n",
          Files.readString(errors));
    } finally {
      process.destroyForcibly();
    }
  }
}
