package io.iblocksync.cli.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.testing.TempImages;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ComparerTest {
  private static final int DIGEST = 2;

  private final List<Verdicts> told = new ArrayList<>();
  private boolean pieces;

  @Test
  void nothingIsToldBeforeBothSidesHaveSpoken() throws Exception {
    Comparer comparer = comparer(10, false);
    comparer.offer(Role.SOURCE, new Hashes(0, List.of(HashRun.zeros(5))));
    assertTrue(told.isEmpty());
    comparer.offer(Role.TARGET, new Hashes(0, List.of(HashRun.zeros(3))));
    assertEquals("0: 3 equal", told());
    comparer.offer(Role.TARGET, new Hashes(3, List.of(HashRun.zeros(7))));
    assertEquals("0: 3 equal, 3: 2 equal", told());
    assertEquals(5, comparer.compared());
    assertEquals(0, comparer.differing());
  }

  @Test
  void zerosDifferFromAnyDigest() throws Exception {
    Comparer comparer = comparer(4, false);
    comparer.offer(Role.SOURCE, new Hashes(0, List.of(HashRun.zeros(3), digests(0))));
    comparer.offer(Role.TARGET, new Hashes(0, List.of(HashRun.zeros(1), digests(0, 0, 0))));
    assertEquals("0: 1 equal 2 differ 1 equal", told());
    assertEquals(2, comparer.differing());
  }

  @Test
  void theLastBlockDiffersWhereItsLengthDoes() throws Exception {
    Comparer comparer = comparer(5, true);
    Hashes hashes = new Hashes(0, List.of(HashRun.zeros(5)));
    comparer.offer(Role.TARGET, hashes);
    comparer.offer(Role.SOURCE, hashes);
    assertEquals("0: 4 equal 1 differ", told());
    assertEquals(5, comparer.compared());
    assertEquals(1, comparer.differing());
  }

  @Test
  void theOnlyBlockDiffersWhereItsLengthDoes() throws Exception {
    Comparer comparer = comparer(1, true);
    comparer.offer(Role.TARGET, new Hashes(0, List.of(digests(7))));
    comparer.offer(Role.SOURCE, new Hashes(0, List.of(digests(7))));
    assertEquals("0: 1 differ", told());
  }

  @Test
  void aLastBlockThatDiffersAnywayDiffersOnce() throws Exception {
    Comparer comparer = comparer(2, true);
    comparer.offer(Role.TARGET, new Hashes(0, List.of(HashRun.zeros(2))));
    comparer.offer(Role.SOURCE, new Hashes(0, List.of(digests(7, 8))));
    assertEquals("0: 2 differ", told());
    assertEquals(2, comparer.differing());
  }

  @Test
  void gapsOverlapsAndMoreThanThereIsAreRefused() throws Exception {
    Comparer comparer = comparer(10, false);
    assertRefused(comparer, 1, 1, "HASHES of 1 blocks from 1, expected from 0 to 10");
    assertRefused(comparer, 0, 11, "HASHES of 11 blocks from 0, expected from 0 to 10");
    comparer.offer(Role.SOURCE, new Hashes(0, List.of(HashRun.zeros(5))));
    assertRefused(comparer, 4, 1, "HASHES of 1 blocks from 4, expected from 5 to 10");
    assertRefused(comparer, 6, 1, "HASHES of 1 blocks from 6, expected from 5 to 10");
    assertRefused(comparer, 5, 6, "HASHES of 6 blocks from 5, expected from 5 to 10");
    Hashes endless = new Hashes(5, List.of(zeros(), zeros(), zeros()));
    assertThrows(ProtocolException.class, () -> comparer.offer(Role.SOURCE, endless));
    comparer.offer(Role.TARGET, new Hashes(0, List.of(HashRun.zeros(10))));
    assertEquals("0: 5 equal", told());
  }

  @Test
  void piecesAreAskedForOfBlocksThatHaveZerosOnNeitherSide() throws Exception {
    pieces = true;
    Comparer comparer = comparer(5, true);
    comparer.offer(
        Role.SOURCE, new Hashes(0, List.of(digests(1, 2), HashRun.zeros(1), digests(4, 5))));
    comparer.offer(
        Role.TARGET, new Hashes(0, List.of(digests(1, 3, 3), HashRun.zeros(1), digests(6))));
    int[] runs = {Verdicts.run(false, 1), Verdicts.runByPieces(1), Verdicts.run(true, 3)};
    assertArrayEquals(runs, told.get(0).runs());
    assertEquals(4, comparer.differing());
  }

  @Test
  void whetherPiecesAreAskedForIsFoundOutAnewForEachBatch() throws Exception {
    Comparer comparer = comparer(4, false);
    comparer.offer(Role.SOURCE, new Hashes(0, List.of(digests(1, 1, 1, 1))));
    comparer.offer(Role.TARGET, new Hashes(0, List.of(digests(2))));
    pieces = true;
    comparer.offer(Role.TARGET, new Hashes(1, List.of(digests(2, 2))));
    pieces = false;
    comparer.offer(Role.TARGET, new Hashes(3, List.of(digests(2))));
    assertArrayEquals(new int[] {Verdicts.run(true, 1)}, told.get(0).runs());
    assertArrayEquals(new int[] {Verdicts.runByPieces(2)}, told.get(1).runs());
    assertArrayEquals(new int[] {Verdicts.run(true, 1)}, told.get(2).runs());
  }

  @Test
  void runsLongerThanAVerdictCanCountAreToldInSeveral() throws Exception {
    long blocks = 3L * Integer.MAX_VALUE;
    Comparer comparer = comparer(blocks, false);
    Hashes hashes = new Hashes(0, List.of(zeros(), zeros(), zeros()));
    comparer.offer(Role.SOURCE, hashes);
    comparer.offer(Role.TARGET, hashes);
    assertEquals("0:" + " 1073741823 equal".repeat(6) + " 3 equal", told());
    assertEquals(blocks, comparer.compared());
  }

  @Test
  void theSideThatIsFarAheadWaitsForTheOther() throws Exception {
    int batch = 1 << 16;
    long blocks = 100L * batch;
    Comparer comparer = comparer(blocks, false);
    FutureTask<Void> ahead = offerAll(comparer, Role.SOURCE, 0, blocks, batch);
    awaitWaiting(ahead);
    FutureTask<Void> behind = offerAll(comparer, Role.TARGET, 0, blocks / 2, batch);
    behind.get();
    awaitWaiting(ahead);
    assertEquals(blocks / 2, comparer.compared());
    offerAll(comparer, Role.TARGET, blocks / 2, blocks, batch).get();
    ahead.get();
    assertEquals(blocks, comparer.compared());
  }

  @Test
  void shortRunsCountSoThatTheyDoNotFillTheMemory() throws Exception {
    Comparer comparer = comparer(1 << 30, false);
    HashRun one = HashRun.zeros(1);
    List<HashRun> runs = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      runs.add(one);
    }
    FutureTask<Void> ahead =
        start(
            () -> {
              for (long first = 0; first < 1 << 30; first += runs.size()) {
                comparer.offer(Role.TARGET, new Hashes(first, runs));
              }
              return null;
            });
    awaitWaiting(ahead);
    comparer.abort();
  }

  @Test
  void anAbortWakesWhoWaitsAndNobodyWaitsOrTellsAfterIt() throws Exception {
    Comparer comparer = comparer(10_000_000, false);
    FutureTask<Void> ahead = offerAll(comparer, Role.SOURCE, 0, 10_000_000, 1 << 16);
    awaitWaiting(ahead);
    comparer.abort();
    ahead.get();
    comparer.offer(Role.TARGET, new Hashes(0, List.of(HashRun.zeros(1))));
    assertTrue(told.isEmpty());
  }

  @Test
  void randomRunsInRandomBatchesGiveTheVerdictsOfASimpleModel() throws Exception {
    Random random = TempImages.random("ComparerTest");
    for (int round = 0; round < 100; round++) {
      int blocks = 1 + random.nextInt(40_000);
      int[] source = hashes(random, blocks, null);
      int[] target = hashes(random, blocks, source);
      boolean lastDiffers = random.nextBoolean();
      told.clear();
      Comparer comparer = comparer(blocks, lastDiffers);
      long seed = random.nextLong();
      FutureTask<Void> one = start(() -> offer(comparer, Role.SOURCE, source, new Random(seed)));
      FutureTask<Void> two = start(() -> offer(comparer, Role.TARGET, target, new Random(~seed)));
      one.get();
      two.get();
      int next = 0;
      BitSet differs = new BitSet();
      for (Verdicts verdicts : told) {
        assertEquals(next, verdicts.first());
        assertTrue(verdicts.runs().length <= 1 << 14);
        for (int run : verdicts.runs()) {
          differs.set(next, next + Verdicts.count(run), Verdicts.differs(run));
          next += Verdicts.count(run);
        }
      }
      assertEquals(blocks, next);
      int differing = 0;
      for (int i = 0; i < blocks; i++) {
        boolean expected = source[i] != target[i] || lastDiffers && i == blocks - 1;
        assertEquals(expected, differs.get(i), "block " + i);
        differing += expected ? 1 : 0;
      }
      assertEquals(blocks, comparer.compared());
      assertEquals(differing, comparer.differing());
    }
  }

  /** A hash a block, 0 for zeros; for the other side mostly the same. */
  private static int[] hashes(Random random, int blocks, int[] other) {
    int[] hashes = new int[blocks];
    int change = 1 + random.nextInt(100);
    for (int i = 0; i < blocks; i++) {
      if (other != null && random.nextInt(change) != 0) {
        hashes[i] = other[i];
      } else if (i > 0 && random.nextInt(4) != 0) {
        hashes[i] = hashes[i - 1];
      } else {
        hashes[i] = random.nextInt(3);
      }
    }
    return hashes;
  }

  private static Void offer(Comparer comparer, Role role, int[] hashes, Random random)
      throws Exception {
    int next = 0;
    while (next < hashes.length) {
      int first = next;
      int end = Math.min(hashes.length, next + 1 + random.nextInt(5_000));
      List<HashRun> runs = new ArrayList<>();
      while (next < end) {
        int start = next;
        boolean zeros = hashes[next] == 0;
        while (next < end
            && (hashes[next] == 0) == zeros
            && (next == start || random.nextInt(50) != 0)) {
          next++;
        }
        runs.add(zeros ? HashRun.zeros(next - start) : run(hashes, start, next));
      }
      comparer.offer(role, new Hashes(first, runs));
    }
    return null;
  }

  private static HashRun run(int[] hashes, int start, int end) {
    byte[] digests = new byte[3 + (end - start) * DIGEST];
    for (int i = start; i < end; i++) {
      digests[3 + (i - start) * DIGEST + 1] = (byte) hashes[i];
    }
    return new HashRun(end - start, digests, 3);
  }

  private static HashRun digests(int... hashes) {
    return run(hashes, 0, hashes.length);
  }

  private static HashRun zeros() {
    return HashRun.zeros(Integer.MAX_VALUE);
  }

  private Comparer comparer(long blocks, boolean lastDiffers) {
    return new Comparer(blocks, DIGEST, lastDiffers, () -> pieces, told::add);
  }

  private static FutureTask<Void> offerAll(
      Comparer comparer, Role role, long start, long end, int batch) {
    return start(
        () -> {
          for (long first = start; first < end; first += batch) {
            int count = (int) Math.min(batch, end - first);
            HashRun run = new HashRun(count, new byte[count * DIGEST], 0);
            comparer.offer(role, new Hashes(first, List.of(run)));
          }
          return null;
        });
  }

  private String told() {
    StringBuilder text = new StringBuilder();
    for (Verdicts verdicts : told) {
      text.append(text.length() == 0 ? "" : ", ").append(verdicts.first()).append(':');
      for (int run : verdicts.runs()) {
        text.append(' ').append(Verdicts.count(run));
        text.append(Verdicts.differs(run) ? " differ" : " equal");
      }
    }
    return text.toString();
  }

  private static void assertRefused(Comparer comparer, long first, int count, String message) {
    Hashes hashes = new Hashes(first, List.of(HashRun.zeros(count)));
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> comparer.offer(Role.SOURCE, hashes));
    assertEquals(message, e.getMessage());
  }

  private static FutureTask<Void> start(Callable<Void> action) {
    Task task = new Task(action);
    task.thread.start();
    return task;
  }

  private static void awaitWaiting(FutureTask<Void> task) throws InterruptedException {
    Thread thread = ((Task) task).thread;
    while (thread.getState() != Thread.State.WAITING) {
      assertFalse(task.isDone());
      Thread.sleep(1);
    }
  }

  /** An action and the thread that it runs on. */
  private static final class Task extends FutureTask<Void> {
    final Thread thread = new Thread(this, "side");

    Task(Callable<Void> action) {
      super(action);
      thread.setDaemon(true);
    }
  }
}
