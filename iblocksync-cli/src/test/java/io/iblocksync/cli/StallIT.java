package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.fault.Victim;
import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Marked;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import io.iblocksync.cli.it.Shell;
import io.iblocksync.cli.it.Sshd;
import io.iblocksync.cli.it.Wrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines over which nothing comes any more although nobody has closed them. */
@Timeout(120)
class StallIT {
  private static final int SIZE = 4_000_000;

  @TempDir Path folder;
  private Path source;
  private Path target;
  private Wrapper sourceWrapper;
  private Wrapper targetWrapper;

  @BeforeEach
  void makeImages() throws IOException {
    source = new Images(folder).random("source.img", SIZE);
    target = folder.resolve("target.img");
    Files.write(target, new byte[SIZE]);
    sourceWrapper = Wrapper.ofSource(folder);
    targetWrapper = Wrapper.ofTarget(folder);
  }

  /** A run with short waiting. It has much to do, and is to be hit in the middle of it. */
  private Program impatient(Object to) throws IOException {
    source = new Images(folder).random("source.img", 8 * SIZE);
    return Program.iblocksync("-f", "--timeout", "2", "-b", "512", source, to)
        .with("IBLOCKSYNC_JAVA_OPTS", "-Diblocksync.term=6 -Diblocksync.kill=1");
  }

  private void assertFails(String line) throws IOException {
    Program.iblocksync("-f", "--timeout", "2", "-b", "512", source, target)
        .with("IBLOCKSYNC_SOURCE_EXEC", sourceWrapper.write())
        .with("IBLOCKSYNC_TARGET_EXEC", targetWrapper.write())
        .run()
        .failed(line);
    assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
    assertEquals(Wrapper.cleanedUpOnce(), targetWrapper.log());
    Program.iblocksync(source, target).run().succeeded();
    assertArrayEquals(Files.readAllBytes(source), Files.readAllBytes(target));
  }

  /** Among its hashes, and among its blocks. */
  @ParameterizedTest
  @ValueSource(ints = {3_000, 400_000})
  void aSourceOfWhichNothingComesAnyMoreIsNamed(int bytes) throws IOException {
    // The line stays, although the source itself may get to its end.
    sourceWrapper.stuckAfter(bytes).after("cat >/dev/null");
    assertFails("iblocksync-serve: error: no sign of life for 2 seconds (--timeout)");
  }

  @Test
  void aTargetOfWhichNothingComesAnyMoreIsNamed() throws IOException {
    // Not zeros, which have short hashes.
    new Images(folder).random("target.img", SIZE);
    targetWrapper.stuckAfter(3_000);
    assertFails("iblocksync-receive: error: no sign of life for 2 seconds (--timeout)");
  }

  /** As where a file grows on a file system without holes, or a disk has much to flush. */
  @Test
  void aTargetThatIsLongInPreparationIsNoSilence() throws IOException {
    Path missing = folder.resolve("missing.img");
    Program.iblocksync("--timeout", "2", source, missing)
        .injecting("pwrite64:delay_enter=5s:when=1", missing)
        .run()
        .succeeded();
    assertArrayEquals(Files.readAllBytes(source), Files.readAllBytes(missing));
  }

  /** The process of a run, in the middle of its work. */
  private static long middle(Marked processes, Victim victim) throws Exception {
    Await.until(victim + " works", () -> moved(processes.find(victim.text())) > 3_000_000);
    return processes.find(victim.text()).get(0);
  }

  /** How many bytes it has read and written. */
  private static long moved(List<Long> processes) throws IOException {
    if (processes.isEmpty()) {
      return 0;
    }
    return Files.readAllLines(Path.of("/proc/" + processes.get(0) + "/io")).stream()
        .filter(line -> line.matches("[rw]char: .*"))
        .mapToLong(line -> Long.parseLong(line.substring(7)))
        .sum();
  }

  /** The target takes nothing then, so that the pipe to it is full. */
  @ParameterizedTest
  @EnumSource(names = {"SOURCE", "TARGET"})
  void anEndpointThatIsStoppedForGoodIsNamedAndBothWrappersCleanUp(Victim victim) throws Exception {
    String name = victim == Victim.SOURCE ? "iblocksync-serve" : "iblocksync-receive";
    try (Running running =
        impatient(target)
            .with("IBLOCKSYNC_SOURCE_EXEC", sourceWrapper.write())
            .with("IBLOCKSYNC_TARGET_EXEC", targetWrapper.write())
            .start()) {
      Victim.signal("STOP", middle(running.processes(), victim));
      String reason = "no sign of life for 2 seconds (--timeout)";
      Result result = running.await().failed(name + ": error: " + reason);
      String waiting = "iblocksync: waiting for " + name + " to end after a failure: " + name;
      assertTrue(result.errors().contains(waiting + ": " + reason), result.description());
    }
    assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
    assertEquals(Wrapper.cleanedUpOnce(), targetWrapper.log());
  }

  /** The rest of the run is the coordinator itself. */
  @ParameterizedTest
  @EnumSource(names = {"SOURCE", "TARGET"})
  void aSideThatIsStoppedForGoodEndsTheOtherOneInsideTheCoordinator(Victim victim)
      throws Exception {
    boolean stopsSource = victim == Victim.SOURCE;
    Wrapper wrapper = stopsSource ? sourceWrapper : targetWrapper;
    try (Running running =
        impatient(target)
            .with(
                stopsSource ? "IBLOCKSYNC_SOURCE_EXEC" : "IBLOCKSYNC_TARGET_EXEC", wrapper.write())
            .start()) {
      Victim.signal("STOP", middle(running.processes(), victim));
      running.await().failed(": error: no sign of life for 2 seconds (--timeout)");
    }
    assertEquals(Wrapper.cleanedUpOnce(), wrapper.log());
    Program.iblocksync("-f", source, target).run().ended(0);
    Images.assertEqual(source, target);
  }

  /**
   * Of a server that is stopped neither ssh nor the endpoint notices anything, and what ssh is
   * given is more than it holds.
   */
  @ParameterizedTest
  @ValueSource(strings = {"sshd", "ssh"})
  void aConnectionOfWhichOneEndIsStoppedForGoodHoldsUpNobody(String end) throws Exception {
    try (Sshd sshd = new Sshd(folder);
        Running running =
            impatient("there:" + target)
                .with("IBLOCKSYNC_SOURCE_EXEC", sourceWrapper.write())
                .with("IBLOCKSYNC_TARGET_EXEC", Shell.quote(targetWrapper.write()))
                .with("IBLOCKSYNC_TARGET_RSH", sshd.rsh())
                .start()) {
      long receiver = middle(sshd.processes(), Victim.TARGET);
      long stopped =
          end.equals("sshd")
              ? session(receiver)
              : running.processes().find(Victim.SSH.text()).get(0);
      Victim.signal("STOP", stopped);
      try {
        // ssh, when it goes on, may bring what the other end has to say about it.
        Result result = running.await().ended(75);
        assertTrue(
            result.errors().contains("iblocksync-receive on there: error: no sign of life"),
            result.description());
        assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
        Await.until("no remote process is left", () -> sshd.processes().isEmpty());
        assertEquals(Wrapper.cleanedUpOnce(), targetWrapper.log());
      } finally {
        Victim.signal("CONT", stopped);
      }
    }
  }

  /** The server's process that a remote one descends from. */
  private static long session(long remote) {
    ProcessHandle process = ProcessHandle.of(remote).orElseThrow();
    while (!process.info().command().orElse("").contains("sshd")) {
      process = process.parent().orElseThrow();
    }
    return process.pid();
  }

  @Test
  void bothEndpointsEndByThemselvesWhileTheCoordinatorIsStoppedAndItEndsWhenItGoesOn()
      throws Exception {
    try (Running running =
        impatient(target)
            .with("IBLOCKSYNC_SOURCE_EXEC", sourceWrapper.write())
            .with("IBLOCKSYNC_TARGET_EXEC", targetWrapper.write())
            .start()) {
      middle(running.processes(), Victim.TARGET);
      running.signal("STOP");
      Await.until("the source has ended", () -> sourceWrapper.log().contains("cleaned"));
      Await.until("the target has ended", () -> targetWrapper.log().contains("cleaned"));
      running.signal("CONT");
      running.await().ended(1);
    }
    assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
    assertEquals(Wrapper.cleanedUpOnce(), targetWrapper.log());
  }

  /** As when the coordinator is stopped, or gone with something else holding its pipes. */
  @ParameterizedTest
  @ValueSource(strings = {"iblocksync-serve", "iblocksync-receive"})
  void anEndpointEndsByItselfWhenTheCoordinatorIsSilent(String endpoint) throws Exception {
    boolean serve = endpoint.equals("iblocksync-serve");
    Wrapper wrapper = serve ? sourceWrapper : targetWrapper;
    Path errors = folder.resolve("errors");
    ProcessBuilder builder =
        new ProcessBuilder(
                wrapper.write().toString(), "--block", "512", "--algo", "sha1", source.toString())
            .redirectError(errors.toFile());
    builder.environment().put("JAVA_HOME", Repository.javaHome());
    Process process = builder.start();
    try {
      OutputStream in = process.getOutputStream();
      in.write("iblocksync 1.0.1\n".getBytes(StandardCharsets.UTF_8));
      in.flush();
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8), 1);
      assertTrue(out.readLine().contains("\"offer\""));
      String choice =
          "{\"blockSize\":512,\"hashAlgorithm\":\"sha1\",\"filePath\":\"/x\",\"fileSize\":"
              + SIZE
              + ",\"uuid\":\"\",\"choice\":{\"program\":\"test\",\"protocol\":2,\"features\":[],"
              + "\"verbosity\":0,\"settings\":{\"timeout\":1}}}\n";
      in.write(choice.getBytes(StandardCharsets.UTF_8));
      in.flush();
      // Its hashes are more than the pipe holds, so that it is stuck in writing, too.
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still runs");
      assertEquals(1, process.exitValue());
      assertEquals(
          endpoint + ": error: no sign of life from the coordinator for 1 seconds\n",
          Files.readString(errors));
      assertEquals(Wrapper.cleanedUpOnce(), wrapper.log());
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
