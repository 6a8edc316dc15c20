package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.Rest.Action;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SummaryTest {
  private static final Rest NONE = new Rest(0, 0, Action.CUT);
  private static final Rest CUT = new Rest(300, 2_000_000, Action.CUT);
  private static final long MB = 1_000_000;
  private static final long NANOS = 1_200_000_000;

  private static Summary of(boolean created, long blocks, long updated, long linkBytes) {
    return of("/backup/mail.img", created, blocks, updated, linkBytes, NONE, Settings.NONE);
  }

  private static Summary of(
      String target,
      boolean created,
      long blocks,
      long updated,
      long linkBytes,
      Rest rest,
      Settings settings) {
    return new Summary(
        target,
        created,
        blocks,
        updated,
        updated * MB,
        linkBytes,
        blocks * MB,
        rest,
        settings,
        NANOS);
  }

  @Test
  void anEqualTargetHasGotNothing() {
    assertEquals(
        "mail.img: equal, nothing to do (300 blocks, 300.0 MB) in 1.2 s",
        of(false, 300, 0, -1).line());
  }

  @Test
  void someBlocksOfATargetAreUpdated() {
    assertEquals(
        "mail.img: 3 of 300 blocks updated (3.0 MB) in 1.2 s", of(false, 300, 3, -1).line());
  }

  @Test
  void aMissingTargetIsCreated() {
    assertEquals(
        "mail.img: created, 300 blocks (300.0 MB) in 1.2 s", of(true, 300, 300, -1).line());
  }

  @Test
  void oneBlockIsSingular() {
    assertEquals("mail.img: 1 of 1 block updated (1.0 MB) in 1.2 s", of(false, 1, 1, -1).line());
    assertEquals("mail.img: created, 1 block (1.0 MB) in 1.2 s", of(true, 1, 1, -1).line());
  }

  @Test
  void anEmptyTargetIsCreatedToo() {
    assertEquals("mail.img: created, 0 blocks (0 B) in 1.2 s", of(true, 0, 0, -1).line());
  }

  @Test
  void whatCrossedAConnectionIsNamed() {
    assertEquals(
        "mail.img: 3 of 300 blocks updated (3.0 MB, 123.4 kB sent) in 1.2 s",
        of(false, 300, 3, 123_456).line());
    assertEquals(
        "mail.img: equal, nothing to do (300 blocks, 300.0 MB, 12.3 kB sent) in 1.2 s",
        of(false, 300, 0, 12_345).line());
  }

  @Test
  void aDryRunSaysWhatWouldBeDone() {
    Settings dry = Settings.NONE.with(Setting.DRY_RUN, true);
    assertEquals(
        "mail.img: 3 of 300 blocks would be updated (3.0 MB)",
        of("mail.img", false, 300, 3, -1, NONE, dry).line());
    assertEquals(
        "mail.img: would be created, 300 blocks (300.0 MB)",
        of("mail.img", true, 300, 300, -1, NONE, dry).line());
    assertEquals(
        "mail.img: equal, nothing to do (300 blocks, 300.0 MB)",
        of("mail.img", false, 300, 0, -1, NONE, dry).line());
  }

  @Test
  void aTargetWhoseRestIsCutOffWasNotEqual() {
    assertEquals(
        "mail.img: 0 of 300 blocks updated (0 B) in 1.2 s; last 2.0 MB cut off",
        of("mail.img", false, 300, 0, -1, CUT, Settings.NONE).line());
  }

  @Test
  void aVerifiedTargetIsCalledSo() {
    Settings verify = Settings.NONE.with(Setting.VERIFY, true);
    assertEquals(
        "mail.img: 3 of 300 blocks updated (3.0 MB) in 1.2 s; verified",
        of("mail.img", false, 300, 3, -1, NONE, verify).line());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noLineIsLongerThanATerminal(boolean dryRun) {
    String name = "a-long-name-of-a-virtual-machine-on-a-host-in-a-data-center.example.org.img";
    Settings settings = Settings.NONE.with(Setting.VERIFY, !dryRun).with(Setting.DRY_RUN, dryRun);
    for (long blocks : new long[] {0, 1, 999_999, 99_999_999}) {
      for (Rest rest : new Rest[] {NONE, CUT}) {
        for (long link : new long[] {-1, 123_456_789}) {
          String line = of(name, false, blocks, blocks / 2, link, rest, settings).line();
          assertTrue(line.length() <= 80, line.length() + ": " + line);
          assertTrue(line.contains("g.img: "), line);
        }
      }
    }
  }
}
