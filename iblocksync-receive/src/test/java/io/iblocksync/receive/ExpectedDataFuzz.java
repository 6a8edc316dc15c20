package io.iblocksync.receive;

import io.iblocksync.endpoint.Run;
import io.iblocksync.image.Zeros;
import io.iblocksync.protocol.DigestValue;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.ImageDigest;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.testing.ScriptedCoordinator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The guard of what is written, beside the simplest one that could be: two sets of bytes, those
 * that must come and those that may. It must take no byte that was not decided to differ, none
 * twice, and miss none at the end; and what is proved then must be the image that has come of it.
 * The input is a script of verdicts and data for a small image.
 */
public final class ExpectedDataFuzz {
  private static final int BLOCK = 4;
  private static final int BLOCKS = 40;
  private static final int COMMON = 32;
  private static final int COMMON_END = COMMON * BLOCK;
  private static final int SIZE = BLOCK * BLOCKS - 1;
  private static final int DIGEST = ScriptedCoordinator.ALGORITHM.length();
  private static final Run RUN = new ScriptedCoordinator().run(BLOCK, COMMON_END, SIZE);
  private static final byte[] OLD = old();
  private static final Hashes OWN = new Hashes(0, hashes(OLD));

  private final ExpectedData expected = new ExpectedData(new Geometry(SIZE, BLOCK), COMMON);
  private final TargetDigest proof = new TargetDigest(RUN, () -> {});

  private final BitSet must = new BitSet();
  private final BitSet may = new BitSet();
  private final BitSet kept = new BitSet();
  private final byte[] image = Arrays.copyOf(OLD, SIZE);
  private final ImageDigest wanted = new ImageDigest(DIGEST);
  private int decided;

  /** A frame over the end of the common blocks, which no source of ours sends, proves nothing. */
  private boolean unproved;

  private ExpectedDataFuzz() {
    proof.announced(OWN);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      new ExpectedDataFuzz().play(input);
    } catch (IOException e) {
      return;
    }
  }

  private void play(byte[] input) throws IOException {
    for (int at = 0; at + 2 < input.length; at += 3) {
      int first = input[at + 1] & 0xff;
      if ((input[at] & 1) == 0) {
        int count = input[at + 2] & Verdicts.MAX_COUNT;
        if (count > 0) { // The frame reader lets no others through.
          decide(first, count, (input[at] & 2) != 0, (input[at] & 4) != 0);
        }
      } else if (input[at + 2] > 0) {
        byte[] bytes = new byte[input[at + 2]];
        Arrays.fill(bytes, (byte) (input[at] & 4));
        take(first, bytes, (input[at] & 2) == 0 ? Encoding.RAW : Encoding.ZEROS);
      }
    }
    expected.checkComplete(this::keep);
    checkKept(SIZE);
    if (decided != COMMON || !must.isEmpty()) {
      throw new IllegalStateException("complete at " + decided + " with " + must);
    }
    DigestValue proved = proof.value();
    wanted.add(new Hashes(0, hashes(image)));
    if (!unproved && !proved.equals(wanted.value())) {
      throw new IllegalStateException("proved something else than " + Arrays.toString(image));
    }
  }

  private void decide(int first, int count, boolean differs, boolean byPieces) throws IOException {
    int run = differs && byPieces ? Verdicts.runByPieces(count) : Verdicts.run(differs, count);
    Verdicts verdicts = new Verdicts(first, new int[] {run});
    expected.decide(verdicts, COMMON);
    proof.decided(verdicts);
    if (first != decided || count > COMMON - decided) {
      throw new IllegalStateException("verdicts on " + count + " from " + first);
    }
    if (differs) {
      (byPieces ? may : must).set(decided * BLOCK, (decided + count) * BLOCK);
    }
    decided += count;
    if (decided == COMMON) {
      must.set(COMMON_END, SIZE);
    }
  }

  private void take(int first, byte[] bytes, Encoding encoding) throws IOException {
    int end = first + bytes.length;
    Data data = new Data(encoding, first, bytes.length, first);
    expected.take(data, this::keep);
    checkKept(first);
    BitSet kind = must.get(first) ? must : may;
    int missed = must.nextSetBit(0);
    if (missed >= 0 && missed < first || kind.nextClearBit(first) < end) {
      throw new IllegalStateException("data of " + bytes.length + " from " + first);
    }
    kind.clear(first, end);
    if (encoding == Encoding.ZEROS) {
      Arrays.fill(bytes, (byte) 0);
    } else if (first >= COMMON_END) {
      wanted.addData(first, first);
    }
    unproved |= first < COMMON_END && end > COMMON_END;
    System.arraycopy(bytes, 0, image, first, bytes.length);
    proof.received(data, first, ByteBuffer.wrap(bytes));
  }

  /** Is told what stays as it is, which is proved as it is. */
  private void keep(long start, long end) {
    for (int at = (int) start; at < end; at++) {
      if (kept.get(at) || !may.get(at)) {
        throw new IllegalStateException("kept byte " + at);
      }
      kept.set(at);
    }
    proof.kept(start, ByteBuffer.wrap(OLD, (int) start, (int) (end - start)));
  }

  /** All that might have come before this byte, and has not, must have been told to stay. */
  private void checkKept(int before) {
    BitSet passed = may.get(0, before);
    if (!passed.equals(kept)) {
      throw new IllegalStateException("kept " + kept + " instead of " + passed);
    }
    may.clear(0, before);
    kept.clear();
  }

  /** With blocks of zeros, and some that only begin or end with them. */
  private static byte[] old() {
    byte[] bytes = new byte[COMMON_END];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i / BLOCK % 5 == 0 || i % 7 < 2 ? 0 : i);
    }
    return bytes;
  }

  /** Those of the common blocks. */
  private static List<HashRun> hashes(byte[] bytes) {
    List<HashRun> runs = new ArrayList<>();
    byte[] digests = new byte[COMMON * DIGEST];
    for (int block = 0; block < COMMON; block++) {
      ByteBuffer all = ByteBuffer.wrap(bytes, block * BLOCK, BLOCK).slice();
      boolean zeros = Zeros.isZero(all, 0, BLOCK);
      ScriptedCoordinator.ALGORITHM.newHasher().hash(all, digests, block * DIGEST);
      runs.add(zeros ? HashRun.zeros(1) : new HashRun(1, digests, block * DIGEST));
    }
    return runs;
  }
}
