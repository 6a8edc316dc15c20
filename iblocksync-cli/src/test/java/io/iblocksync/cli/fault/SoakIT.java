package io.iblocksync.cli.fault;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Sshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs that are hit by signals at random moments, in any of their processes. A few rounds of one
 * seed here; {@code scripts/dev/soak} makes hundreds of another one each time. A round counts if
 * the signal fell between the first hash and the end.
 */
@Timeout(value = 6, unit = TimeUnit.HOURS)
class SoakIT {
  private static final int ROUNDS = Integer.getInteger("soak.rounds", 3);
  private static final long SEED = Long.getLong("soak.seed", 3);
  private static final List<String> SIGNALS =
      List.of("KILL", "KILL", "TERM", "INT", "HUP", "STOP", "HALT");

  @TempDir Path folder;
  private final Random random = new Random(SEED);
  private final Map<Phase, Integer> phases = new EnumMap<>(Phase.class);
  private final Map<String, Integer> hits = new TreeMap<>();

  /** From the first hash to the end, a mean; it follows the machine's load. */
  private long nanos;

  @Test
  void aSignalAtAnyMomentLeavesATargetThatTheNextRunMakesEqual() throws Exception {
    System.out.println("soak: " + ROUNDS + " rounds, seed " + SEED);
    int counted = 0;
    try (Sshd sshd = new Sshd(folder)) {
      nanos = round(0, sshd).calibrate();
      remove(0);
      for (int number = 1; counted < ROUNDS; number++) {
        assertTrue(number < 5 * ROUNDS + 10, "most signals missed: " + phases);
        if (play(number, sshd).counts()) {
          counted++;
        }
        remove(number);
      }
    }
    System.out.println("soak: " + counted + " rounds counted of " + phases);
    hits.forEach((what, count) -> System.out.println("soak: " + what + ": " + count));
  }

  private Phase play(int number, Sshd sshd) throws Exception {
    Round round = round(number, sshd);
    Victim victim = Victim.values()[random.nextInt(round.hasSsh() ? 4 : 3)];
    String signal = SIGNALS.get(random.nextInt(SIGNALS.size()));
    long delay = (long) (random.nextDouble() * nanos);
    long pause = 20 + random.nextInt(300);
    String what = victim + " " + signal;
    System.out.println("soak: round " + number + ": " + what + ", " + round);
    Phase phase = round.hit(victim, signal, delay, pause);
    System.out.println("soak: round " + number + ": " + phase);
    phases.merge(phase, 1, Integer::sum);
    if (phase.counts()) {
      hits.merge(what + " while " + phase, 1, Integer::sum);
    }
    // Half of the signals that come too late is what the mean settles at otherwise.
    nanos = phase == Phase.OVER ? nanos * 9 / 10 : nanos * 21 / 20;
    return phase;
  }

  private Round round(int number, Sshd sshd) throws IOException {
    return new Round(Files.createDirectory(folder.resolve("round" + number)), sshd, random);
  }

  private void remove(int number) throws IOException {
    Path done = folder.resolve("round" + number);
    try (Stream<Path> files = Files.list(done)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(done);
  }
}
