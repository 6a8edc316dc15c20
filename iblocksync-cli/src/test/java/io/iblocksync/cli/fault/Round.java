package io.iblocksync.cli.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import io.iblocksync.cli.it.Shell;
import io.iblocksync.cli.it.Sshd;
import io.iblocksync.cli.it.Wrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One run that is hit by a signal, and all that must hold afterwards. Source and target have
 * wrappers with clean-ups, and so are processes of their own also where they are local.
 */
final class Round {
  private static final FileTime UNTOUCHED = FileTime.fromMillis(1_000_000_000_000L);
  private static final int SECTOR = 512;

  /** More than an image info has: who has written so much has told a hash. */
  private static final long FIRST_HASH = 1500;

  private static final Map<String, Integer> STATUS =
      Map.of("KILL", 137, "TERM", 143, "INT", 130, "HUP", 129);

  private final Sshd sshd;
  private final Path source;
  private final Path target;
  private final Wrapper sourceWrapper;
  private final Wrapper targetWrapper;
  private final boolean remoteSource;
  private final boolean remoteTarget;
  private final byte[] before;
  private final byte[] wanted;
  private final String blockSize;
  private final String algorithm;
  private long firstHashNanos;

  /** Makes the images in an empty folder: of one size or not, alike in one part or everywhere. */
  Round(Path folder, Sshd sshd, Random random) throws IOException {
    this.sshd = sshd;
    int size = (8 << 20) + random.nextInt(16 << 20);
    wanted = new byte[size];
    random.nextBytes(wanted);
    int zeros = random.nextInt(size / 2);
    Arrays.fill(wanted, zeros, zeros + size / 8, (byte) 0);
    source = Files.write(folder.resolve("source.img"), wanted);
    before = old(random);
    target = folder.resolve("target.img");
    if (before.length > 0) {
      Files.write(target, before);
      Files.setLastModifiedTime(target, UNTOUCHED);
    }
    blockSize = List.of("4K", "64K", "256K").get(random.nextInt(3));
    algorithm = List.of("sha1", "sha3_512", "xxh128").get(random.nextInt(3));
    remoteSource = random.nextInt(3) == 0;
    remoteTarget = random.nextInt(3) == 0;
    sourceWrapper = Wrapper.ofSource(folder).after("sleep 0.2");
    targetWrapper = Wrapper.ofTarget(folder).after("sleep 0.2");
  }

  /** What the target holds: nothing in one of six rounds. */
  private byte[] old(Random random) {
    int kind = random.nextInt(6);
    if (kind == 0) {
      return new byte[0];
    }
    int length =
        kind == 1 ? wanted.length + 700_000 : kind == 2 ? wanted.length / 2 : wanted.length;
    byte[] old = Arrays.copyOf(wanted, length);
    int start = random.nextInt(length);
    for (int at = start; at < length; at += 1 + random.nextInt(40_000)) {
      old[at] ^= (byte) (1 + random.nextInt(255));
    }
    return old;
  }

  boolean hasSsh() {
    return remoteSource || remoteTarget;
  }

  /** The run without any fault; returns how long it took from the first hash to the end. */
  long calibrate() throws Exception {
    try (Running running = program().start()) {
      awaitFirstHash(running);
      running.await().ended(0);
    }
    return System.nanoTime() - firstHashNanos;
  }

  /** A side that is stopped for good is noticed soon, and soon ended. */
  private static Program impatient(Program program) {
    return program
        .and("--timeout", "2")
        .with("IBLOCKSYNC_JAVA_OPTS", "-Diblocksync.term=8 -Diblocksync.kill=2");
  }

  private Program program() throws IOException {
    String from = sourceWrapper.write().toString();
    String to = targetWrapper.write().toString();
    return Program.iblocksync(
            "-f",
            "-b",
            blockSize,
            "--algo",
            algorithm,
            (remoteSource ? "there:" : "") + source,
            (remoteTarget ? "there:" : "") + target)
        .with("IBLOCKSYNC_SOURCE_EXEC", remoteSource ? Shell.quote(from) : from)
        .with("IBLOCKSYNC_TARGET_EXEC", remoteTarget ? Shell.quote(to) : to)
        .with("IBLOCKSYNC_SOURCE_RSH", sshd.rsh())
        .with("IBLOCKSYNC_TARGET_RSH", sshd.rsh());
  }

  /**
   * Runs, sends the signal so long after the first hash, and checks all that must hold.
   *
   * @param signal a name as kill(1) knows it; STOP is followed by CONT after {@code pauseMillis},
   *     and HALT is a STOP that is not
   * @return when it hit
   */
  Phase hit(Victim victim, String signal, long delayNanos, long pauseMillis) throws Exception {
    Phase phase;
    boolean halt = signal.equals("HALT");
    try (Running running = (halt ? impatient(program()) : program()).start()) {
      awaitFirstHash(running);
      Await.pause(Math.max(0, firstHashNanos + delayNanos - System.nanoTime()) / 1_000_000);
      phase = phase(running);
      List<Long> hit = find(victim, running);
      for (long process : hit) {
        Victim.signal(halt ? "STOP" : signal, process);
      }
      if (signal.equals("STOP")) {
        Await.pause(pauseMillis);
        for (long process : hit) {
          Victim.signal("CONT", process);
        }
      }
      if (halt) {
        awaitEndWithout(victim, running);
        // One of another machine's is its own affair; the coordinator has to tell its status.
        for (long process : hit) {
          Victim.signal("CONT", process);
        }
      }
      if (hit.isEmpty() && phase.counts()) {
        phase = victim == Victim.COORDINATOR ? Phase.OVER : Phase.FINISHING;
      }
      boolean failed = check(running, victim, signal);
      phase = failed || isHarmless(victim, signal) ? phase : Phase.OVER;
    }
    assertNothingIsLeft();
    assertOldOrNew();
    finish();
    return phase;
  }

  /** Whether the run goes on after it: local processes ignore what a terminal sends to all. */
  private boolean isHarmless(Victim victim, String signal) {
    boolean ofTerminal = signal.equals("INT") || signal.equals("HUP");
    return signal.equals("STOP")
        || !signal.equals("HALT")
            && switch (victim) {
              case COORDINATOR -> false;
              case SOURCE -> ofTerminal && !remoteSource;
              case TARGET -> ofTerminal && !remoteTarget;
              case SSH -> ofTerminal || signal.equals("TERM");
            };
  }

  private void awaitFirstHash(Running running) throws Exception {
    Await.until(
        "the source tells hashes, or all has ended",
        () ->
            written(find(Victim.SOURCE, running)) > FIRST_HASH
                || sourceWrapper.log().contains("cleaning"));
    firstHashNanos = System.nanoTime();
  }

  private List<Long> find(Victim victim, Running running) {
    List<Long> found = running.processes().find(victim.text());
    if (found.isEmpty() && hasSsh()) {
      found = sshd.processes().find(victim.text());
    }
    return found;
  }

  /** How many bytes these processes have written, 0 for those that are gone. */
  private static long written(List<Long> processes) {
    long sum = 0;
    for (long process : processes) {
      try {
        for (String line : Files.readAllLines(Path.of("/proc/" + process + "/io"))) {
          if (line.startsWith("wchar: ")) {
            sum += Long.parseLong(line.substring(7));
          }
        }
      } catch (IOException e) {
        sum += 0;
      }
    }
    return sum;
  }

  /**
   * Waits until all that is not stopped has ended. If only a side's own end is still to come, the
   * coordinator waits for that as long as it takes, as for a clean-up.
   */
  private void awaitEndWithout(Victim victim, Running running) throws Exception {
    Await.until(
        "the others have ended, or one has nothing to do but end",
        () ->
            victim == Victim.COORDINATOR
                ? find(Victim.SOURCE, running).isEmpty() && find(Victim.TARGET, running).isEmpty()
                : find(Victim.COORDINATOR, running).isEmpty()
                    || running
                        .errors()
                        .matches("(?s)(.*\n)?iblocksync: waiting for [^:\n]* to end\n.*"));
  }

  private Phase phase(Running running) throws IOException {
    if (find(Victim.COORDINATOR, running).isEmpty()) {
      return Phase.OVER;
    }
    List<Long> serve = find(Victim.SOURCE, running);
    if (serve.isEmpty()) {
      return Phase.FINISHING;
    } else if (written(serve) <= FIRST_HASH) {
      return Phase.STARTING;
    }
    boolean untouched = Files.exists(target) && Files.getLastModifiedTime(target).equals(UNTOUCHED);
    return untouched ? Phase.HASHING : Phase.WRITING;
  }

  /** Status and messages; returns whether the signal made a difference. */
  private boolean check(Running running, Victim victim, String signal) throws Exception {
    Result result = running.awaitAlone();
    if (victim == Victim.COORDINATOR && signal.equals("KILL") && result.status() != 0) {
      assertEquals(137, result.status(), result.description());
      assertFalse(result.errors().contains("\tat "), result.description());
      Await.until("all has ended", () -> running.processes().isEmpty());
      return true;
    }
    assertEquals(List.of(), running.processes().commands(), result.description());
    if (result.status() == 0) {
      Images.assertEqual(source, target);
      return false;
    }
    assertFalse(isHarmless(victim, signal), result.description());
    if (result.status() != 75 || !result.errors().contains(" on there: error: ")) {
      assertEquals(
          victim == Victim.COORDINATOR ? STATUS.getOrDefault(signal, 1) : 1,
          result.status(),
          result.description());
    }
    if (!signal.equals("HALT")) {
      // Of a silence every part tells that still runs.
      result.error();
    }
    return true;
  }

  private void assertNothingIsLeft() throws Exception {
    Await.until("no remote process is left", () -> sshd.processes().isEmpty());
    // A wrapper that had not been started yet has nothing to clean up.
    for (Wrapper wrapper : List.of(sourceWrapper, targetWrapper)) {
      assertTrue(
          wrapper.log().isEmpty() || wrapper.log().equals(Wrapper.cleanedUpOnce()),
          () -> "clean-ups of " + wrapper);
    }
    if (Files.exists(target)) {
      String inode = ":" + Files.getAttribute(target, "unix:ino") + " ";
      assertFalse(Files.readString(Path.of("/proc/locks")).contains(inode), "a lock is left");
    }
  }

  /** Whatever happened, each sector of the target is the old or the new one. */
  private void assertOldOrNew() throws IOException {
    byte[] now = Files.exists(target) ? Files.readAllBytes(target) : new byte[0];
    byte[] old = Arrays.copyOf(before, Math.max(now.length, before.length));
    byte[] fresh = Arrays.copyOf(wanted, Math.max(now.length, wanted.length));
    for (int from = 0; from < now.length; from += SECTOR) {
      int to = Math.min(from + SECTOR, now.length);
      int offset = from;
      assertTrue(
          Arrays.equals(now, from, to, old, from, to)
              || Arrays.equals(now, from, to, fresh, from, to),
          () -> "the target holds neither old nor new bytes at " + offset);
    }
  }

  private void finish() throws IOException {
    Program.iblocksync("-f", "-b", blockSize, "--algo", algorithm, source, target).run().ended(0);
    Images.assertEqual(source, target);
  }

  @Override
  public String toString() {
    return (remoteSource ? "remote " : "local ")
        + wanted.length
        + " -> "
        + (remoteTarget ? "remote " : "local ")
        + before.length
        + " bytes, "
        + blockSize
        + ", "
        + algorithm;
  }
}
