package io.iblocksync.receive;

import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.Message.Verdicts;
import java.io.IOException;
import java.util.BitSet;

/**
 * The guard of what is written, beside the simplest one that could be: a set of bytes. It must take
 * no byte that was not decided to differ, none twice, and miss none at the end. The input is a
 * script of verdicts and data for a small image.
 */
public final class ExpectedDataFuzz {
  private static final int BLOCK = 4;
  private static final int BLOCKS = 40;
  private static final int COMMON = 32;
  private static final int SIZE = BLOCK * BLOCKS - 1;

  private ExpectedDataFuzz() {}

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    ExpectedData expected = new ExpectedData(new Geometry(SIZE, BLOCK), COMMON);
    BitSet open = new BitSet();
    int decided = 0;
    try {
      for (int at = 0; at + 2 < input.length; at += 3) {
        int first = input[at + 1];
        int count = input[at + 2];
        if ((input[at] & 1) == 0) {
          boolean differs = (input[at] & 2) != 0;
          int run = Verdicts.run(differs, count & Integer.MAX_VALUE);
          if (Verdicts.count(run) == 0) {
            continue; // The frame reader lets none through.
          }
          expected.decide(new Verdicts(first, new int[] {run}), COMMON);
          if (first != decided || count < 1 || decided + count > COMMON) {
            throw new IllegalStateException("verdicts on " + count + " from " + first);
          }
          open.set(decided * BLOCK, (decided + count) * BLOCK, differs);
          decided += count;
          if (decided == COMMON) {
            open.set(COMMON * BLOCK, SIZE);
          }
        } else if (count > 0) {
          expected.take(new Data(Encoding.ZEROS, first, count, 0), ExpectedDataFuzz::kept);
          if (first < 0
              || open.nextSetBit(0) != first
              || open.nextClearBit(first) < first + count) {
            throw new IllegalStateException("data of " + count + " from " + first);
          }
          open.clear(first, first + count);
        }
      }
      expected.checkComplete(ExpectedDataFuzz::kept);
      if (decided != COMMON || !open.isEmpty()) {
        throw new IllegalStateException("complete at " + decided + " with " + open);
      }
    } catch (IOException e) {
      return;
    }
  }

  /** Nothing may be left out where pieces are not in use. */
  private static void kept(long start, long end) {
    throw new IllegalStateException("passed over " + start + " to " + end);
  }
}
