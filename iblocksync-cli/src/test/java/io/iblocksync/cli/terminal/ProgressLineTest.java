package io.iblocksync.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.relay.Figures;
import io.iblocksync.cli.relay.Figures.Phase;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private static final long GB = 1_000_000_000;

  private static Figures figures(Phase phase, long done) {
    return new Figures(
        phase, 9600, done * 9600 / (10 * GB), 17, 10 * GB, done, done, done, done / 50);
  }

  /** After ten seconds that came to this. */
  private static RateEstimator pace(long done) {
    RateEstimator pace = new RateEstimator();
    for (int i = 0; i <= 40; i++) {
      pace.add(figures(Phase.SYNCING, done * i / 40), 1 + i * 250_000_000L);
    }
    return pace;
  }

  private static String line(int columns, long done) {
    return new ProgressLine(columns, false).text(figures(Phase.SYNCING, done), pace(done), 10);
  }

  @Test
  void aWideTerminalShowsAll() {
    assertEquals(
        "[==================>                     ]   45%     4.5 GB of 10.0 GB"
            + "  source 450 MB/s  target 450 MB/s  link 9.0 MB/s    00:12 left",
        line(160, 45 * GB / 10));
  }

  @Test
  void aTerminalOfEightyColumnsShowsTheRatesOfBothSidesAndOfTheLink() {
    assertEquals(
        "[===>    ]   45%  source 450 MB/s  target 450 MB/s  link 9.0 MB/s    00:12 left",
        line(80, 45 * GB / 10));
  }

  @Test
  void aNarrowTerminalShowsWhatMattersMost() {
    assertEquals(
        "[=========>          ]   45%  link 9.0 MB/s    00:12 left", line(58, 45 * GB / 10));
    assertEquals("[========>         ]   45%    00:12 left", line(41, 45 * GB / 10));
    assertEquals(" 45%    00:12 left", line(20, 45 * GB / 10));
    assertEquals(" 45%", line(10, 45 * GB / 10));
    assertEquals("", line(4, 45 * GB / 10));
  }

  @Test
  void noLineReachesTheLastColumn() {
    for (int columns = 1; columns < 200; columns++) {
      for (long done : new long[] {0, 1, GB, 9_999_999_999L, 10 * GB}) {
        for (Phase phase : new Phase[] {Phase.SYNCING, Phase.FLUSHING, Phase.VERIFYING}) {
          ProgressLine line = new ProgressLine(columns, false);
          String text = line.text(figures(phase, done), pace(done), 4000);
          assertTrue(text.length() < columns, columns + ": " + text);
        }
      }
    }
  }

  @Test
  void theLineKeepsItsWidthWhileTheNumbersChange() {
    for (int columns : new int[] {60, 80, 100, 140}) {
      for (long done = GB / 10; done <= 10 * GB; done += GB / 7) {
        assertEquals(line(columns, GB).length(), line(columns, done).length());
      }
    }
  }

  private static String last(Phase phase, int columns) {
    Figures figures = figures(phase, 10 * GB);
    return new ProgressLine(columns, false).text(figures, pace(10 * GB), 67);
  }

  @Test
  void aTargetThatFlushesIsSaidToDoSoAndForHowLong() {
    assertEquals(
        "[===================================]  100%  the target writes to its disk  01:07",
        last(Phase.FLUSHING, 82));
    assertEquals("100%  flushing  01:07", last(Phase.FLUSHING, 30));
  }

  @Test
  void aTargetThatVerifiesIsSaidToDoSo() {
    String line = last(Phase.VERIFYING, 82);
    assertTrue(line.endsWith("]  100%  the target writes and verifies  01:07"), line);
  }

  @Test
  void aTargetThatMakesZerosOfItsRestIsSaidToDoSo() {
    String line = last(Phase.ZEROING, 82);
    assertTrue(line.endsWith("]  100%  the target zeros its rest and writes  01:07"), line);
    assertEquals("100%  zeroing  01:07", last(Phase.ZEROING, 30));
    String json = ProgressJson.line(Phase.ZEROING, null, null, 0);
    assertTrue(json.startsWith("{\"phase\":\"flushing\""), json);
  }

  @Test
  void coloursTakeNoRoom() {
    Figures figures = figures(Phase.SYNCING, GB);
    String coloured = new ProgressLine(80, true).text(figures, pace(GB), 10);
    assertTrue(coloured.contains("\u001b[32m"), coloured);
    assertEquals(line(80, GB), coloured.replaceAll("\u001b\\[\\d+m", ""));
  }

  @Test
  void anEmptyImageIsDone() {
    Figures empty = new Figures(Phase.SYNCING, 0, 0, 0, 0, 0, 0, 0, 0);
    assertTrue(new ProgressLine(80, false).text(empty, new RateEstimator(), 0).contains("100%"));
  }
}
