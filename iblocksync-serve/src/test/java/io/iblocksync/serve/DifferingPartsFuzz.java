package io.iblocksync.serve;

import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.image.ReadAhead;
import io.iblocksync.image.ReadPlan;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.PieceHasher;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.serve.DifferingParts.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * What a source makes of verdicts and of PIECES, beside the simplest thing that could: it refuses
 * what does not follow from what was said before, and sends the bytes that were asked for, in
 * ascending order, and no other ones. The input is a script of both for a small image.
 */
public final class DifferingPartsFuzz {
  private static final int BLOCK = 2 * PieceHasher.PIECE + 100;
  private static final int BLOCKS = 8;
  private static final int COMMON = 6;
  private static final int PIECES = PieceHasher.pieces(BLOCK);
  private static final Geometry GEOMETRY = new Geometry(BLOCKS * BLOCK - 10, BLOCK);

  /** Blocks of zeros, one of them past the common ones. */
  private static final BitSet ZEROS = BitSet.valueOf(new long[] {0b1000100});

  private static final byte[] IMAGE = image();
  private static final PieceHasher HASHER = hasher();

  private final ReadAhead ahead =
      new ReadAhead(
          new ReadPlan(GEOMETRY, COMMON, HashAlgorithm.CRC32, true, false, 1 << 20, null),
          () -> {});

  private final KeptChunks kept = new KeptChunks(ahead, true, () -> {});

  private final BitSet wanted = new BitSet();
  private final BitSet sent = new BitSet();

  private final BitSet inPieces = new BitSet();

  /** Blocks of which PIECES are expected; and the next piece of the first of them. */
  private final BitSet byPieces = new BitSet();

  private int nextPiece;
  private int decided;

  private DifferingPartsFuzz() {}

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      new DifferingPartsFuzz().play(ByteBuffer.wrap(input));
    } catch (ProtocolException e) {
      return;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void play(ByteBuffer script) throws IOException, InterruptedException {
    HashWorkers.start(ahead, DifferingPartsFuzz::read, ahead::fail);
    for (int announced = 0; announced < COMMON; ) {
      Hashes hashes = ahead.nextHashes(kept::add);
      announced += hashes == null ? 0 : (int) hashes.blocks();
      Thread.onSpinWait();
    }
    while (script.remaining() >= 3) {
      int what = script.get();
      int first = script.get() & 0xff;
      int count = script.get() & 0xff;
      if ((what & 1) == 1) {
        pieces(first, what >> 1 & 7, count >> 4, count);
      } else if (count > 0) { // The frame reader lets no others through.
        decide(first, count, (what & 2) != 0, (what & 4) != 0);
      }
    }
    while (ahead.zeroBlocks() < ZEROS.cardinality()) {
      Thread.onSpinWait(); // Those past the common blocks are still being read.
    }
    if (ahead.nextHashes(kept::add) != null) {
      throw new IllegalStateException("hashes of blocks that are not common");
    }
    if (decided == COMMON && byPieces.isEmpty()) {
      checkSent();
    }
  }

  private void decide(int first, int count, boolean differs, boolean pieces) throws IOException {
    boolean asked = differs && pieces;
    int run = asked ? Verdicts.runByPieces(count) : Verdicts.run(differs, count);
    kept.decide(new Verdicts(first, new int[] {run}));
    int zeros = ZEROS.nextSetBit(first);
    if (first != decided
        || count > COMMON - decided
        || asked && zeros >= 0 && zeros < first + count) {
      throw new IllegalStateException("verdicts on " + count + " from " + first);
    }
    decided += count;
    if (asked) {
      byPieces.set(first, decided);
      inPieces.set(first, decided);
    } else if (differs) {
      wanted.set(first * BLOCK, decided * BLOCK);
    }
  }

  /**
   * @param equal a bit for each piece that is to be as the source's
   */
  private void pieces(int block, int first, int count, int equal) throws IOException {
    if (count == 0) { // The frame reader lets no others through.
      return;
    }
    byte[] hashes = new byte[count * PieceHasher.HASH];
    for (int i = 0; i < Math.min(count, PIECES - first); i++) {
      int from = start(Math.min(block, COMMON - 1), first + i);
      int length = Math.min(PieceHasher.PIECE, BLOCK - (first + i) * PieceHasher.PIECE);
      if ((equal >> i & 1) == 1) {
        HASHER.hash(ByteBuffer.wrap(IMAGE, from, length), hashes, i * PieceHasher.HASH);
      }
    }
    kept.pieces(new Pieces(block, first, hashes));
    if (block != byPieces.nextSetBit(0) || first != nextPiece || count > PIECES - first) {
      throw new IllegalStateException(count + " pieces of " + block + " from " + first);
    }
    for (int i = 0; i < count; i++) {
      int end = Math.min(start(block, first + i + 1), (block + 1) * BLOCK);
      wanted.set(start(block, first + i), end, (equal >> i & 1) == 0);
    }
    nextPiece += count;
    if (nextPiece == PIECES) {
      byPieces.clear(block);
      nextPiece = 0;
    }
  }

  private static int start(int block, int piece) {
    return block * BLOCK + piece * PieceHasher.PIECE;
  }

  private void checkSent() {
    wanted.set(COMMON * BLOCK, (int) GEOMETRY.size());
    while (!ahead.isDone()) {
      ahead.nextHashes(kept::add);
      KeptChunk chunk = kept.pollDiffering();
      if (chunk != null) {
        send(chunk);
      }
    }
    if (!sent.equals(wanted)) {
      throw new IllegalStateException("sent " + sent + " instead of " + wanted);
    }
  }

  private void send(KeptChunk chunk) {
    DifferingParts parts = new DifferingParts(HASHER);
    parts.begin(chunk);
    boolean last = false;
    for (Part part = parts.next(); part != null; part = parts.next()) {
      if (last) {
        throw new IllegalStateException("a part after the last one");
      }
      last = part.last();
      boolean zeros = part.bytes() == null;
      send(part.offset(), zeros ? ByteBuffer.allocate((int) part.length()) : part.bytes());
    }
    kept.sent(chunk);
  }

  private void send(long offset, ByteBuffer bytes) {
    int from = (int) offset;
    int end = from + bytes.remaining();
    if (from < sent.length()
        || end == from
        || !bytes.equals(ByteBuffer.wrap(IMAGE, from, end - from))) {
      throw new IllegalStateException("sent " + from + " to " + end);
    }
    // What must come as a whole and what need not are not mixed in a frame.
    int block = from / BLOCK;
    int edge = inPieces.get(block) ? inPieces.nextClearBit(block) : inPieces.nextSetBit(block);
    if (edge >= 0 && edge * BLOCK < end) {
      throw new IllegalStateException("in one frame " + from + " to " + end);
    }
    sent.set(from, end);
  }

  private static void read(ByteBuffer into, long position) {
    into.put(IMAGE, (int) position, into.remaining());
  }

  private static byte[] image() {
    byte[] bytes = new byte[(int) GEOMETRY.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (ZEROS.get(i / BLOCK) ? 0 : 1 + i % 251);
    }
    return bytes;
  }

  private static PieceHasher hasher() {
    try {
      return new PieceHasher("5a17");
    } catch (ProtocolException e) {
      throw new IllegalStateException(e);
    }
  }
}
