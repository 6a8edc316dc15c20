package io.iblocksync.cli.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.relay.Figures.Phase;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a run of 10 blocks of 100 bytes has come to; the target has the first 8 of them. */
@Timeout(30)
class RunFiguresTest {
  private static final HashAlgorithm ALGORITHM = HashAlgorithm.CRC32;
  private static final int BLOCK = 100;

  private final Outcome outcome = new Outcome();
  private Comparer comparer;

  private RunFigures figures(Settings settings, boolean zeroing) {
    ImagePair images = new ImagePair(new Geometry(950, BLOCK), new Geometry(800, BLOCK));
    RelayOptions options = new RelayOptions(images, ALGORITHM, settings, false, zeroing);
    comparer =
        new Comparer(images.commonBlocks(), ALGORITHM.length(), false, () -> false, verdicts -> {});
    PipePeer source = new PipePeer("source", ALGORITHM.length(), 16, 0);
    PipePeer target = new PipePeer("target", ALGORITHM.length(), 16, 0);
    return new RunFigures(source, target, options, comparer, outcome, () -> 250);
  }

  private RunFigures figures() {
    return figures(Settings.NONE, false);
  }

  /** One side has hashed blocks: all of them are zeros, or none is. */
  private void hash(Role role, long first, int count, boolean zeros) throws Exception {
    HashRun run = zeros ? HashRun.zeros(count) : new HashRun(count, new byte[4 * count], 0);
    comparer.offer(role, new Hashes(first, List.of(run)));
  }

  @Test
  void atFirstNothingIsDone() {
    Figures now = figures().now();
    assertEquals(new Figures(Phase.SYNCING, 10, 0, 0, 950, 0, 0, 0, 0), now);
  }

  @Test
  void whatIsEqualIsDoneAndEachSideHasReadWhatItHashed() throws Exception {
    RunFigures figures = figures();
    hash(Role.SOURCE, 0, 6, true);
    hash(Role.TARGET, 0, 4, true);
    assertEquals(new Figures(Phase.SYNCING, 10, 4, 0, 950, 400, 600, 400, 0), figures.now());
    assertEquals(4, figures.comparedBlocks());
    assertEquals(0, figures.differingBlocks());
  }

  @Test
  void whatDiffersIsDoneWhenItHasGoneAcrossAndNoMoreThanTheWindowIsToCome() throws Exception {
    RunFigures figures = figures();
    hash(Role.SOURCE, 0, 8, true);
    hash(Role.TARGET, 0, 8, false);
    assertEquals(8, figures.differingBlocks());
    assertEquals(8, figures.transmittedBlocks());
    assertEquals(550, figures.now().bytesDone(), "800 compared, 250 of them still to come");
    figures.relayed(0, 600);
    assertEquals(600, figures.now().bytesDone());
    figures.relayed(600, 200);
    assertEquals(800, figures.now().bytesDone());
    assertEquals(800, figures.transmittedBytes());
  }

  @Test
  void whatIsPastTheTargetsEndIsSentWithoutComparing() throws Exception {
    RunFigures figures = figures();
    hash(Role.SOURCE, 0, 8, true);
    hash(Role.TARGET, 0, 8, true);
    assertEquals(8, figures.now().blocksDone());
    figures.relayed(800, 150);
    Figures now = figures.now();
    assertEquals(10, now.blocksDone());
    assertEquals(2, now.changed());
    assertEquals(950, now.bytesDone());
    assertEquals(950, now.sourceBytes());
    assertEquals(950, now.targetBytes());
    assertEquals(2, figures.transmittedBlocks());
  }

  @Test
  void aDryRunWaitsForNoDataAndCountsWhatWouldHaveGoneAcross() throws Exception {
    RunFigures figures = figures(Settings.NONE.with(Setting.DRY_RUN, true), true);
    hash(Role.SOURCE, 0, 8, true);
    hash(Role.TARGET, 0, 8, false);
    assertEquals(800, figures.now().bytesDone());
    figures.wouldRelay(800);
    assertEquals(950, figures.transmittedBytes());
    assertEquals(10, figures.transmittedBlocks());
    outcome.done(Role.SOURCE);
    assertEquals(Phase.FLUSHING, figures.now().phase());
  }

  @Test
  void whenTheTargetHasGotAllItsOwnWorkIsThePhase() {
    assertEquals(Phase.SYNCING, figures().now().phase());
    outcome.done(Role.SOURCE);
    Settings verify = Settings.NONE.with(Setting.VERIFY, true);
    assertEquals(Phase.FLUSHING, figures().now().phase());
    assertEquals(950, figures().now().bytesDone());
    assertEquals(Phase.ZEROING, figures(Settings.NONE, true).now().phase());
    assertEquals(Phase.VERIFYING, figures(verify, true).now().phase());
  }

  @Test
  void theTimeOfComparingIsKnownWhenAllIsCompared() throws Exception {
    RunFigures figures = figures();
    assertEquals(-1, figures.compareNanos());
    figures.begin();
    hash(Role.SOURCE, 0, 8, true);
    assertEquals(-1, figures.compareNanos());
    hash(Role.TARGET, 0, 8, true);
    assertTrue(figures.compareNanos() > 0);
  }

  @Test
  void whatASideSaysAtItsEndIsKept() {
    RunFigures figures = figures();
    Stats stats = new Stats(1, 2, 3, 4, 5);
    assertNull(figures.stats(Role.TARGET));
    figures.stats(Role.TARGET, stats);
    assertEquals(stats, figures.stats(Role.TARGET));
    assertNull(figures.stats(Role.SOURCE));
  }
}
