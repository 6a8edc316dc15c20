package io.iblocksync.cli.relay;

import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.ProtocolException;
import java.util.Arrays;
import java.util.List;

/**
 * What a coordinator makes of the hashes of both sides, in whatever order they come: each block
 * gets one verdict, in order, once both have told its hash, and what does not follow on what that
 * side told before is refused. The input is a script of runs, zeros or digests, for a few blocks.
 */
public final class ComparerFuzz {
  private static final int COMMON = 40;
  private static final int DIGEST = 2;

  private final byte[][] told = new byte[2][COMMON];
  private final int[] known = new int[2];
  private final boolean lastDiffers;
  private final boolean pieces;
  private final Comparer comparer;
  private int decided;

  private ComparerFuzz(int flags) {
    lastDiffers = (flags & 1) != 0;
    pieces = (flags & 2) != 0;
    comparer = new Comparer(COMMON, DIGEST, lastDiffers, () -> pieces, this::check);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    try {
      new ComparerFuzz(input[0]).play(input);
    } catch (ProtocolException e) {
      return;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void play(byte[] input) throws ProtocolException, InterruptedException {
    for (int at = 1; at + 2 < input.length; at += 3) {
      int role = input[at] & 1;
      int first = input[at + 1];
      int count = input[at + 2] & Integer.MAX_VALUE;
      if (count == 0) { // The frame reader lets no others through.
        continue;
      }
      byte value = (byte) (input[at] >> 1 & 3);
      boolean follows = first == known[role] && count <= COMMON - first;
      if (follows) {
        // Before it is offered, as it is compared at once.
        Arrays.fill(told[role], first, first + count, value);
        known[role] += count;
      }
      comparer.offer(Role.values()[role], new Hashes(first, List.of(run(value, count))));
      if (!follows) {
        throw new IllegalStateException("hashes of " + count + " from " + first);
      }
      if (decided != Math.min(known[0], known[1]) || comparer.compared() != decided) {
        throw new IllegalStateException("decided " + decided + " of " + Arrays.toString(known));
      }
    }
  }

  private static HashRun run(byte value, int count) {
    if (value == 0) {
      return HashRun.zeros(count);
    }
    byte[] digests = new byte[Math.min(count, 2 * COMMON) * DIGEST];
    for (int i = 1; i < digests.length; i += DIGEST) {
      digests[i] = value;
    }
    return new HashRun(count, digests, 0);
  }

  private void check(Verdicts verdicts) {
    if (verdicts.first() != decided) {
      throw new IllegalStateException("verdicts from " + verdicts.first());
    }
    for (int run : verdicts.runs()) {
      for (int i = 0; i < Verdicts.count(run); i++, decided++) {
        byte ours = told[0][decided];
        byte theirs = told[1][decided];
        boolean last = lastDiffers && decided == COMMON - 1;
        boolean differs = ours != theirs || last;
        boolean byPieces = pieces && differs && !last && ours != 0 && theirs != 0;
        if (Verdicts.differs(run) != differs || Verdicts.byPieces(run) != byPieces) {
          throw new IllegalStateException("verdict " + run + " on " + decided);
        }
      }
    }
  }
}
