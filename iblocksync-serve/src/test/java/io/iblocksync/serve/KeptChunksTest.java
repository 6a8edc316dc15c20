package io.iblocksync.serve;

import static io.iblocksync.testing.Waiting.assertWaits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.image.Chunk;
import io.iblocksync.image.ReadByHand;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.PieceHasher;
import io.iblocksync.protocol.ProtocolException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class KeptChunksTest {
  /** Blocks of 4 bytes are read in chunks of 1024 blocks. */
  private static final int BLOCK = 4;

  private static final int CHUNK = 1024;

  private ReadByHand image;
  private KeptChunks kept;
  private int woken;

  @Test
  void anEqualChunkIsReleasedWithItsLastVerdict() throws Exception {
    use(4 * CHUNK, 0);
    readAndAnnounce(2);
    FutureTask<Chunk> third = assertWaits(image::claim);
    decide(0, CHUNK - 1);
    assertFalse(third.isDone());
    decide(CHUNK - 1, 1);
    assertEquals(2 * CHUNK, third.get().firstBlock());
    assertNull(kept.pollDiffering());
  }

  @Test
  void aChunkThatDiffersIsReleasedWhenItIsSent() throws Exception {
    use(4 * CHUNK, 0);
    readAndAnnounce(2);
    FutureTask<Chunk> third = assertWaits(image::claim);
    decide(0, 5, Verdicts.run(true, 2), CHUNK - 7);
    KeptChunk chunk = kept.pollDiffering();
    assertEquals("{5, 6}", chunk.differs().toString());
    assertNull(kept.pollDiffering());
    assertFalse(third.isDone());
    kept.sent(chunk);
    assertEquals(2 * CHUNK, third.get().firstBlock());
  }

  @Test
  void withoutSendingWhatDiffersIsReleasedWithItsLastVerdict() throws Exception {
    image = new ReadByHand(geometry(CHUNK), true, 0);
    kept = new KeptChunks(image.ahead(), false, () -> woken++);
    readAndAnnounce(1);
    decide(0, Verdicts.run(true, CHUNK));
    assertNull(kept.pollDiffering());
    assertTrue(image.ahead().isDone());
    assertEquals(1, woken);
  }

  @Test
  void whatTheTargetLacksIsSentWithoutAVerdictAndInOrder() throws Exception {
    int compared = CHUNK + 3;
    image = ReadByHand.source(geometry(2 * CHUNK), compared, 1 << 20);
    kept = new KeptChunks(image.ahead(), true, () -> woken++);
    List<Chunk> chunks = List.of(image.read(), image.read(), image.read());
    assertEquals(3, chunks.get(1).blocks());
    assertEquals(CHUNK - 3, chunks.get(2).blocks());
    assertEquals(compared, announce().blocks());
    assertNull(kept.pollDiffering());
    decide(0, CHUNK + 2, Verdicts.run(true, 1));
    assertSent(chunks.get(1), "{2}");
    KeptChunk rest = kept.pollDiffering();
    assertSame(chunks.get(2), rest.chunk());
    assertEquals(CHUNK - 3, rest.differs().cardinality());
    assertFalse(image.ahead().isDone());
    kept.sent(rest);
    assertTrue(image.ahead().isDone());
  }

  @Test
  void whoPacksGetsWhatNeedsNoVerdictOnceItIsRead() throws Exception {
    image = ReadByHand.source(geometry(CHUNK), 0, 0);
    kept = new KeptChunks(image.ahead(), true, () -> woken++);
    FutureTask<KeptChunk> packer = assertWaits(() -> kept.takeDiffering());
    Chunk chunk = image.read();
    assertNull(announce());
    assertSame(chunk, packer.get().chunk());
  }

  @Test
  void whoPacksWaitsUntilAllIsDone() throws Exception {
    use(2 * CHUNK, 1 << 20);
    readAndAnnounce(2);
    decide(0, Verdicts.run(true, CHUNK));
    KeptChunk chunk = kept.takeDiffering();
    FutureTask<KeptChunk> packer = assertWaits(() -> kept.takeDiffering());
    kept.sent(chunk);
    decide(CHUNK, CHUNK);
    assertNull(packer.get());
  }

  @Test
  void whoPacksWaitsNoLongerAfterAFailure() throws Exception {
    use(2 * CHUNK, 1 << 20);
    readAndAnnounce(1);
    FutureTask<KeptChunk> packer = assertWaits(() -> kept.takeDiffering());
    kept.stop();
    assertNull(packer.get());
    decide(0, Verdicts.run(true, CHUNK));
    assertNull(kept.takeDiffering());
  }

  @Test
  void theWriterIsWokenForWhatDiffersAndAtTheEnd() throws Exception {
    use(2 * CHUNK, 1 << 20);
    readAndAnnounce(2);
    decide(0, CHUNK, 1);
    assertEquals(0, woken);
    decide(CHUNK + 1, Verdicts.run(true, CHUNK - 1));
    assertEquals(1, woken);
    kept.sent(kept.pollDiffering());
    assertEquals(2, woken);
    assertTrue(image.ahead().isDone());
  }

  @Test
  void theWriterIsWokenWhenTheLastVerdictLeavesNothingToSend() throws Exception {
    use(CHUNK, 1 << 20);
    readAndAnnounce(1);
    decide(0, CHUNK);
    assertEquals(1, woken);
    assertTrue(image.ahead().isDone());
  }

  @Test
  void verdictsOnBlocksThatWereNotAnnouncedAreRefused() throws Exception {
    use(2 * CHUNK, 1 << 20);
    assertRefused(0, 1, "VERDICTS on blocks to 1, but only 0 hashes were sent");
    image.read();
    assertRefused(0, 1, "VERDICTS on blocks to 1, but only 0 hashes were sent");
    announce();
    assertRefused(0, 1025, "VERDICTS on blocks to 1025, but only 1024 hashes were sent");
    assertRefused(
        0, Verdicts.MAX_COUNT, "VERDICTS on blocks to 1073741823, but only 1024 hashes were sent");
  }

  @Test
  void verdictsOutOfOrderAreRefused() throws Exception {
    use(2 * CHUNK, 1 << 20);
    readAndAnnounce(1);
    assertRefused(1, 1, "VERDICTS on blocks from 1, expected from 0");
    decide(0, 10);
    assertRefused(0, 10, "VERDICTS on blocks from 0, expected from 10");
    assertRefused(11, 1, "VERDICTS on blocks from 11, expected from 10");
  }

  @Test
  void aHoleIsSentWhereTheTargetHasData() throws Exception {
    use(100, 0);
    image.claimHole();
    announce();
    decide(0, 3, Verdicts.run(true, 2), 94, Verdicts.run(true, 1));
    KeptChunk hole = kept.pollDiffering();
    assertTrue(hole.chunk().allZero());
    assertEquals("{3, 4, 99}", hole.differs().toString());
    kept.sent(hole);
    assertTrue(image.ahead().isDone());
  }

  @Test
  void aLongHoleIsDecidedAtOnce() throws Exception {
    int blocks = 10 << 17;
    use(blocks, 0);
    while (image.claimHole() != null) {
      continue;
    }
    assertEquals(blocks, announce().blocks());
    decide(0, blocks);
    assertTrue(image.ahead().isDone());
  }

  @Test
  void aHoleToTheEndTakesThePartialLastBlockAlong() throws Exception {
    image = new ReadByHand(new Geometry(41, BLOCK), true, 0);
    kept = new KeptChunks(image.ahead(), true, () -> woken++);
    image.claimHole();
    announce();
    decide(0, Verdicts.run(true, 11));
    assertEquals(41, kept.pollDiffering().chunk().length());
  }

  @Test
  void piecesOfBlocksOfZerosAreNeverAskedFor() throws Exception {
    use(100, 0);
    image.claimHole();
    announce();
    decide(0, 3);
    assertRefused(3, Verdicts.runByPieces(1), "VERDICTS by pieces on block 3, which is zeros");
  }

  @Test
  void piecesComeForTheBlocksThatVerdictsAskedForInOrderAlsoOverTheEdgesOfChunks()
      throws Exception {
    use(3 * CHUNK, 1 << 20);
    readAndAnnounce(3);
    assertPiecesRefused(0, "PIECES of block 0, expected none");
    decide(0, CHUNK - 1, Verdicts.runByPieces(2), Verdicts.run(true, 1));
    assertNull(kept.pollDiffering());
    assertPiecesRefused(CHUNK, "PIECES of block 1024 from 0 on, expected of 1023 from 0");
    kept.pieces(new Pieces(CHUNK - 1, 0, new byte[8]));
    kept.pieces(new Pieces(CHUNK, 0, new byte[8]));
    assertPiecesRefused(CHUNK + 1, "PIECES of block 1025, expected none");
    decide(CHUNK + 2, 2 * CHUNK - 3, Verdicts.runByPieces(1));
    kept.pieces(new Pieces(3 * CHUNK - 1, 0, new byte[8]));
    assertPiecesRefused(3 * CHUNK - 1, "PIECES of block 3071, expected none");
    for (String differs : List.of("{1023}", "{0, 1}", "{1023}")) {
      KeptChunk chunk = kept.takeDiffering();
      assertEquals(differs, chunk.differs().toString());
      kept.sent(chunk);
    }
    assertNull(kept.takeDiffering());
  }

  @Test
  void whoPacksWaitsForThePiecesOfAllOfAChunk() throws Exception {
    int block = 2 * PieceHasher.PIECE + 1;
    image = new ReadByHand(new Geometry(2L * block, block), true, 0);
    kept = new KeptChunks(image.ahead(), true, () -> woken++);
    readAndAnnounce(1);
    decide(0, Verdicts.runByPieces(2));
    FutureTask<KeptChunk> packing = assertWaits(() -> kept.takeDiffering());
    byte[] first = bytes(1, 24);
    kept.pieces(new Pieces(0, 0, first));
    byte[] second = bytes(25, 24);
    kept.pieces(new Pieces(1, 0, Arrays.copyOf(second, 16)));
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> kept.pieces(new Pieces(1, 2, new byte[16])));
    assertEquals("PIECES of block 1 from 2 on, expected of 1 from 2", e.getMessage());
    assertEquals(0, woken);
    assertFalse(packing.isDone());
    kept.pieces(new Pieces(1, 2, Arrays.copyOfRange(second, 16, 24)));
    assertEquals(1, woken);
    KeptChunk chunk = packing.get();
    assertArrayEquals(first, chunk.pieces(0));
    assertArrayEquals(second, chunk.pieces(1));
  }

  private void use(long blocks, long windowBytes) {
    image = new ReadByHand(geometry(blocks), true, windowBytes);
    kept = new KeptChunks(image.ahead(), true, () -> woken++);
  }

  private void readAndAnnounce(int chunks) throws IOException, InterruptedException {
    for (int i = 0; i < chunks; i++) {
      image.read();
    }
    announce();
  }

  private Hashes announce() {
    return image.ahead().nextHashes(kept::add);
  }

  private void decide(long first, int... runs) throws IOException {
    kept.decide(new Verdicts(first, runs));
  }

  private void assertSent(Chunk chunk, String blocks) {
    KeptChunk next = kept.pollDiffering();
    assertSame(chunk, next.chunk());
    assertEquals(blocks, next.differs().toString());
    kept.sent(next);
  }

  private void assertRefused(long first, int run, String message) {
    ProtocolException e = assertThrows(ProtocolException.class, () -> decide(first, run));
    assertEquals(message, e.getMessage());
  }

  private void assertPiecesRefused(long block, String message) {
    Pieces pieces = new Pieces(block, 0, new byte[8]);
    ProtocolException e = assertThrows(ProtocolException.class, () -> kept.pieces(pieces));
    assertEquals(message, e.getMessage());
  }

  private static byte[] bytes(int first, int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (first + i);
    }
    return bytes;
  }

  private static Geometry geometry(long blocks) {
    return new Geometry(blocks * BLOCK, BLOCK);
  }
}
