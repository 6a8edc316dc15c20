package io.iblocksync.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExpectedDataTest {
  private static final int BLOCK = 10;
  private static final ExpectedData.Kept NOTHING =
      (start, end) -> {
        throw new AssertionError("keeps bytes " + start + " to " + end);
      };

  @Test
  void dataThatNoVerdictAskedForIsRefused() throws IOException {
    ExpectedData expected = expected(100, 10);
    assertRefused(expected, 0, 10, "DATA for bytes 0 to 10, expected none");
    decide(expected, 0, true, 1);
    assertRefused(expected, 10, 10, "DATA for bytes 10 to 20, expected from 0 to 10");
  }

  @Test
  void dataForABlockThatIsEqualIsRefused() throws IOException {
    ExpectedData expected = expected(100, 10);
    decide(expected, 0, false, 5);
    decide(expected, 5, true, 5);
    assertRefused(expected, 40, 10, "DATA for bytes 40 to 50, expected from 50 to 100");
    assertRefused(expected, 40, 60, "DATA for bytes 40 to 100, expected from 50 to 100");
  }

  @Test
  void dataMayComeInAnyPiecesButOnlyOnceAndInOrder() throws IOException {
    ExpectedData expected = expected(100, 10);
    decide(expected, 0, true, 5);
    take(expected, 0, 7);
    assertRefused(expected, 0, 7, "DATA for bytes 0 to 7, expected from 7 to 50");
    assertRefused(expected, 10, 5, "DATA for bytes 10 to 15, expected from 7 to 50");
    assertRefused(expected, 6, 5, "DATA for bytes 6 to 11, expected from 7 to 50");
    take(expected, 7, 43);
    assertRefused(expected, 49, 1, "DATA for bytes 49 to 50, expected none");
  }

  @Test
  void whatIsComparedByPiecesMayBeLeftOutAndIsToldThen() throws IOException {
    ExpectedData expected = expected(100, 10);
    int[] runs = {Verdicts.runByPieces(3), 1, Verdicts.run(true, 1), Verdicts.runByPieces(5)};
    expected.decide(new Verdicts(0, runs), 10);
    List<String> kept = new ArrayList<>();
    ExpectedData.Kept note = (start, end) -> kept.add(start + "-" + end);
    expected.take(new Data(Encoding.ZEROS, 0, 4, 0), note);
    expected.take(new Data(Encoding.ZEROS, 12, 8, 0), note);
    assertEquals(List.of("4-12"), kept);
    assertRefused(expected, 30, 10, note, "DATA for bytes 30 to 40, expected from 40 to 50");
    expected.take(new Data(Encoding.ZEROS, 40, 10, 0), note);
    assertRefused(expected, 49, 2, note, "DATA for bytes 49 to 51, expected from 50 to 100");
    expected.take(new Data(Encoding.ZEROS, 60, 1, 0), note);
    expected.checkComplete(note);
    assertEquals(List.of("4-12", "20-30", "50-60", "61-100"), kept);
  }

  @Test
  void whatDiffersAsAWholeIsNotLeftOut() throws IOException {
    ExpectedData expected = expected(100, 10);
    int[] runs = {Verdicts.runByPieces(1), Verdicts.run(true, 1), Verdicts.runByPieces(1)};
    expected.decide(new Verdicts(0, runs), 3);
    ExpectedData.Kept note = (start, end) -> {};
    assertRefused(expected, 20, 5, note, "DATA for bytes 20 to 25, expected from 10 to 20");
    assertThrows(ProtocolException.class, () -> expected.checkComplete(note));
  }

  @Test
  void dataPastWhatDiffersIsRefused() throws IOException {
    ExpectedData expected = expected(100, 10);
    decide(expected, 0, true, 5);
    assertRefused(expected, 0, 51, "DATA for bytes 0 to 51, expected from 0 to 50");
    assertRefused(
        expected,
        0,
        Long.MAX_VALUE,
        "DATA for bytes 0 to 9223372036854775807, expected from 0 to 50");
  }

  @Test
  void dataPastTheEndOfAPartialLastBlockIsRefused() throws IOException {
    ExpectedData expected = expected(95, 10);
    decide(expected, 0, false, 9);
    decide(expected, 9, true, 1);
    assertRefused(expected, 90, 10, "DATA for bytes 90 to 100, expected from 90 to 95");
    take(expected, 90, 5);
    expected.checkComplete(NOTHING);
  }

  @Test
  void whatTheTargetLacksIsExpectedOnceAllIsDecided() throws IOException {
    ExpectedData expected = expected(95, 2);
    assertRefused(expected, 20, 75, "DATA for bytes 20 to 95, expected none");
    decide(expected, 0, false, 1);
    decide(expected, 1, true, 1);
    take(expected, 10, 85);
    expected.checkComplete(NOTHING);
  }

  @Test
  void aTargetOfNothingIsToReceiveAll() throws IOException {
    ExpectedData expected = expected(95, 0);
    take(expected, 0, 95);
    expected.checkComplete(NOTHING);
    expected(0, 0).checkComplete(NOTHING);
  }

  @Test
  void verdictsOutOfOrderAreRefused() throws IOException {
    ExpectedData expected = expected(100, 10);
    assertVerdictRefused(expected, 1, 1, "VERDICTS on blocks from 1, expected from 0");
    decide(expected, 0, true, 5);
    assertVerdictRefused(expected, 4, 1, "VERDICTS on blocks from 4, expected from 5");
    assertVerdictRefused(expected, 6, 1, "VERDICTS on blocks from 6, expected from 5");
  }

  @Test
  void verdictsOnBlocksWhoseHashesWereNotSentAreRefused() {
    ExpectedData expected = expected(100, 10);
    assertVerdictRefused(expected, 0, 4, "VERDICTS on blocks to 4, but only 3 hashes were sent");
    assertVerdictRefused(
        expected,
        0,
        Verdicts.MAX_COUNT,
        "VERDICTS on blocks to 1073741823, but only 3 hashes were sent");
  }

  @Test
  void theEndIsRefusedWhileVerdictsOrDataAreMissing() throws IOException {
    ExpectedData expected = expected(100, 10);
    assertIncomplete(expected, "DONE after 0 of 10 verdicts");
    decide(expected, 0, true, 9);
    assertIncomplete(expected, "DONE after 9 of 10 verdicts, while data is expected from byte 0");
    decide(expected, 9, true, 1);
    take(expected, 0, 99);
    assertIncomplete(expected, "DONE after 10 of 10 verdicts, while data is expected from byte 99");
    take(expected, 99, 1);
    expected.checkComplete(NOTHING);
  }

  @Test
  void partsPastAnyWindowAreRefusedInsteadOfFillingTheMemory() throws IOException {
    long blocks = 1L << 24;
    ExpectedData expected = new ExpectedData(new Geometry(blocks * BLOCK, BLOCK), blocks);
    int[] runs = new int[1 << 14];
    for (int i = 0; i < runs.length; i++) {
      runs[i] = Verdicts.run(i % 2 == 0, 1);
    }
    ProtocolException e =
        assertThrows(
            ProtocolException.class,
            () -> {
              for (long first = 0; first < blocks; first += runs.length) {
                expected.decide(new Verdicts(first, runs), blocks);
              }
            });
    assertEquals("more than 2097150 parts of the image outstanding", e.getMessage());
  }

  @Test
  void randomRunsAreTakenAsASimpleModelSays() throws IOException {
    Random random = TempImages.random("ExpectedDataTest");
    for (int round = 0; round < 300; round++) {
      int size = random.nextInt(2000);
      Geometry source = new Geometry(size, 1 + random.nextInt(20));
      int common = random.nextInt((int) source.blocks() + 1);
      ExpectedData expected = new ExpectedData(source, common);
      boolean[] wanted = new boolean[size];
      int decided = 0;
      int taken = 0;
      if (common == 0) {
        want(wanted, source, 0);
      }
      while (true) {
        int at = next(wanted, taken);
        if (decided < common && (at == size || random.nextBoolean())) {
          int count = 1 + random.nextInt(Math.min(5, common - decided));
          boolean differs = random.nextBoolean();
          decide(expected, decided, differs, count);
          for (int block = decided; differs && block < decided + count; block++) {
            int start = (int) source.offset(block);
            Arrays.fill(wanted, start, start + source.length(block), true);
          }
          decided += count;
          if (decided == common) {
            want(wanted, source, common);
          }
        } else if (at < size) {
          int end = at;
          while (end < size && wanted[end]) {
            end++;
          }
          assertThrowsOutside(expected, at, end, size);
          int length = 1 + random.nextInt(end - at);
          take(expected, at, length);
          taken = at + length;
        } else {
          break;
        }
      }
      expected.checkComplete(NOTHING);
    }
  }

  private static void want(boolean[] wanted, Geometry source, long firstBlock) {
    if (firstBlock < source.blocks()) {
      Arrays.fill(wanted, (int) source.offset(firstBlock), wanted.length, true);
    }
  }

  private static int next(boolean[] wanted, int from) {
    int at = from;
    while (at < wanted.length && !wanted[at]) {
      at++;
    }
    return at;
  }

  private static void assertThrowsOutside(ExpectedData expected, int start, int end, int size) {
    assertThrows(ProtocolException.class, () -> take(expected, start, end - start + 1));
    assertThrows(ProtocolException.class, () -> take(expected, start + 1, 1));
    if (start > 0) {
      assertThrows(ProtocolException.class, () -> take(expected, start - 1, 1));
    }
    assertThrows(ProtocolException.class, () -> take(expected, size, 1));
    assertTrue(start < end);
  }

  @Test
  void manyPartsAreKeptInOrderWhenSomeHaveComeBefore() throws IOException {
    ExpectedData expected = expected(20_000, 2000);
    for (int block = 0; block < 40; block += 2) {
      decide(expected, block, false, 1);
      decide(expected, block + 1, true, 1);
    }
    for (int block = 1; block < 30; block += 2) {
      take(expected, 10L * block, 10);
    }
    for (int block = 40; block < 2000; block += 2) {
      decide(expected, block, false, 1);
      decide(expected, block + 1, true, 1);
    }
    for (int block = 31; block < 2000; block += 2) {
      take(expected, 10L * block, 10);
    }
    expected.checkComplete(NOTHING);
  }

  @Test
  void laterVerdictsGoNoFurtherThanWhatWasAnnouncedEither() throws ProtocolException {
    ExpectedData expected = expected(100, 10);
    expected.decide(new Verdicts(0, new int[] {Verdicts.run(false, 4)}), 6);
    Verdicts more = new Verdicts(4, new int[] {Verdicts.run(true, 3)});
    assertThrows(ProtocolException.class, () -> expected.decide(more, 6));
  }

  private static ExpectedData expected(long size, long common) {
    return new ExpectedData(new Geometry(size, BLOCK), common);
  }

  private static void decide(ExpectedData expected, long first, boolean differs, int count)
      throws IOException {
    expected.decide(new Verdicts(first, new int[] {Verdicts.run(differs, count)}), first + count);
  }

  private static void take(ExpectedData expected, long offset, long length) throws IOException {
    expected.take(new Data(Encoding.ZEROS, offset, length, 0), NOTHING);
  }

  private static void assertRefused(
      ExpectedData expected, long offset, long length, String message) {
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> take(expected, offset, length));
    assertEquals(message, e.getMessage());
  }

  private static void assertRefused(
      ExpectedData expected, long offset, long length, ExpectedData.Kept kept, String message) {
    Data data = new Data(Encoding.ZEROS, offset, length, 0);
    ProtocolException e = assertThrows(ProtocolException.class, () -> expected.take(data, kept));
    assertEquals(message, e.getMessage());
  }

  private static void assertVerdictRefused(
      ExpectedData expected, long first, int count, String message) {
    Verdicts verdicts = new Verdicts(first, new int[] {Verdicts.run(true, count)});
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> expected.decide(verdicts, first + 3));
    assertEquals(message, e.getMessage());
  }

  private static void assertIncomplete(ExpectedData expected, String message) {
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> expected.checkComplete(NOTHING));
    assertEquals(message, e.getMessage());
  }
}
