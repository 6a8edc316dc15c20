package io.iblocksync.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.image.BlockWindow.Announce;
import io.iblocksync.image.BlockWindow.Finished;
import io.iblocksync.image.BlockWindow.Send;
import io.iblocksync.protocol.FrameWriter;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.PieceHasher;
import io.iblocksync.protocol.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BlockWindowTest {
  /** Blocks of 4 bytes are kept in chunks of 1024 blocks. */
  private static final int BLOCK = 4;

  private static final int CHUNK = 1024;
  private static final int DIGEST = 2;

  @Test
  void hashesAreAnnouncedInTheOrderOfTheImage() throws Exception {
    BlockWindow window = window(4 * CHUNK, true, 1 << 20);
    Chunk first = window.claim();
    Chunk second = window.claim();
    hashed(window, second);
    assertNull(window.poll());
    hashed(window, first);
    Hashes hashes = announced(window);
    assertEquals(0, hashes.first());
    assertEquals(2 * CHUNK, hashes.blocks());
    assertSame(first.digests, hashes.runs().get(0).digests());
    assertSame(second.digests, hashes.runs().get(1).digests());
    assertEquals(2 * CHUNK, window.announced());
  }

  @Test
  void hashesGatherInTheMiddleOfTheCommonBlocksOnly() throws Exception {
    // Room for 256 chunks; one more follows the three that are common.
    BlockWindow window = new BlockWindow(geometry(4 * CHUNK), 3 * CHUNK, DIGEST, true, 1 << 20);
    hashed(window, window.claim());
    assertFalse(window.isGathering());
    announced(window);
    assertTrue(window.isGathering());
    window.claim();
    assertTrue(window.isGathering());
    window.claim();
    assertFalse(window.isGathering());
  }

  @Test
  void hashesDoNotGatherWhereFewBlocksFillTheWindowOrAPackingThreadWaits() throws Exception {
    BlockWindow small = window(4 * CHUNK, true, 15 * CHUNK * BLOCK);
    BlockWindow packed = window(4 * CHUNK, true, 16 * CHUNK * BLOCK);
    for (BlockWindow window : List.of(small, packed)) {
      hashed(window, window.claim());
      announced(window);
    }
    assertFalse(small.isGathering());
    assertTrue(packed.isGathering());
    packed.pack();
    assertFalse(packed.isGathering());
  }

  @Test
  void zerosAreOneRunOverTheEdgesOfChunks() throws Exception {
    BlockWindow window = window(3 * CHUNK, true, 1 << 20);
    for (int i = 0; i < 3; i++) {
      zeros(window, window.claim());
    }
    Hashes hashes = announced(window);
    assertEquals(1, hashes.runs().size());
    assertTrue(hashes.runs().get(0).zeros());
    assertEquals(3 * CHUNK, hashes.runs().get(0).count());
  }

  @Test
  void theLastBlockMayBePartial() throws Exception {
    BlockWindow window =
        new BlockWindow(new Geometry(CHUNK * BLOCK + 5, BLOCK), CHUNK + 2, 2, true, 0);
    assertEquals(CHUNK * BLOCK, window.claim().length());
    Chunk last = window.claim();
    assertEquals(2, last.blocks());
    assertEquals(5, last.length());
    assertEquals(5, last.bytes.remaining());
    assertEquals(4, last.start(1));
    assertEquals(5, last.start(2));
    assertEquals(CHUNK * BLOCK, last.offset());
    assertNull(window.claim());
  }

  @Test
  void aBlockLargerThanAChunkIsAChunkAndTwoOfThemFitAnyWindow() throws Exception {
    int block = (1 << 20) + 3;
    BlockWindow window = new BlockWindow(new Geometry(3L * block, block), 3, 2, true, 1);
    for (int i = 0; i < 2; i++) {
      Chunk chunk = window.claim();
      assertEquals(1, chunk.blocks());
      assertEquals(block, chunk.bytes.remaining());
    }
    assertWaits(window::claim);
  }

  @Test
  void aBufferIsNoLargerThanTheImage() throws Exception {
    BlockWindow window = new BlockWindow(new Geometry(7, 1 << 30), 1, 2, true, 0);
    assertEquals(7, window.claim().bytes.capacity());
  }

  @Test
  void aFullWindowMakesWorkersWaitUntilAVerdictGivesRoom() throws Exception {
    BlockWindow window = window(4 * CHUNK, true, 0);
    hashed(window, window.claim());
    hashed(window, window.claim());
    announced(window);
    FutureTask<Chunk> third = assertWaits(window::claim);
    window.decide(new Verdicts(0, new int[] {CHUNK - 1}));
    assertFalse(third.isDone());
    window.decide(new Verdicts(CHUNK - 1, new int[] {1}));
    assertEquals(2 * CHUNK, third.get().firstBlock());
  }

  @Test
  void aFullWindowMakesWorkersWaitUntilWhatDiffersIsSent() throws Exception {
    BlockWindow window = window(4 * CHUNK, true, 0);
    hashed(window, window.claim());
    hashed(window, window.claim());
    announced(window);
    FutureTask<Chunk> third = assertWaits(window::claim);
    window.decide(new Verdicts(0, new int[] {5, Verdicts.run(true, 2), CHUNK - 7}));
    Chunk chunk = assertInstanceOf(Send.class, window.take()).chunk();
    assertEquals("{5, 6}", chunk.differs().toString());
    assertFalse(third.isDone());
    window.sent(chunk);
    assertEquals(2 * CHUNK, third.get().firstBlock());
  }

  @Test
  void whoPacksGetsWhatTheWriterFindsToBeThere() throws Exception {
    BlockWindow window = new BlockWindow(geometry(CHUNK), 0, DIGEST, true, 0);
    window.pack();
    Chunk chunk = window.claim();
    window.ready(chunk);
    FutureTask<Chunk> packer = assertWaits(window::takeDiffering);
    assertNull(window.poll());
    assertSame(chunk, packer.get());
  }

  @Test
  void blocksOfZerosTakeNoBytesButTheirNumberIsBounded() throws Exception {
    BlockWindow window = window(5000L * CHUNK, true, 0);
    for (int i = 0; i < 1024; i++) {
      zeros(window, window.claim());
      window.poll();
    }
    FutureTask<Chunk> next = assertWaits(window::claim);
    window.decide(new Verdicts(0, new int[] {CHUNK}));
    assertEquals(1024L * CHUNK, next.get().firstBlock());
  }

  @Test
  void aTargetKeepsNoBytesButItsUntoldHashesAreBounded() throws Exception {
    BlockWindow window = window(5000L * CHUNK, false, 0);
    for (int i = 0; i < 1024; i++) {
      hashed(window, window.claim());
    }
    FutureTask<Chunk> next = assertWaits(window::claim);
    announced(window);
    assertEquals(1024L * CHUNK, next.get().firstBlock());
  }

  @Test
  void whatTheTargetLacksIsSentWithoutAVerdictAndInOrder() throws Exception {
    long compared = CHUNK + 3;
    BlockWindow window = new BlockWindow(geometry(2 * CHUNK), compared, DIGEST, true, 1 << 20);
    List<Chunk> chunks = List.of(window.claim(), window.claim(), window.claim());
    assertEquals(3, chunks.get(1).blocks());
    assertTrue(chunks.get(1).hashed());
    assertEquals(CHUNK - 3, chunks.get(2).blocks());
    assertFalse(chunks.get(2).hashed());
    for (Chunk chunk : chunks) {
      hashed(window, chunk);
    }
    assertEquals(compared, announced(window).blocks());
    assertNull(window.poll());
    window.decide(new Verdicts(0, new int[] {CHUNK + 2, Verdicts.run(true, 1)}));
    assertSent(window, chunks.get(1), "{2}");
    Chunk rest = assertInstanceOf(Send.class, window.poll()).chunk();
    assertSame(chunks.get(2), rest);
    assertEquals(CHUNK - 3, rest.differs().cardinality());
    window.sent(rest);
    assertInstanceOf(Finished.class, window.poll());
  }

  @Test
  void anEmptyImageIsFinishedAtOnce() throws Exception {
    BlockWindow window = window(0, true, 0);
    assertNull(window.claim());
    assertInstanceOf(Finished.class, window.take());
  }

  @Test
  void everyHoldPutsOffTheEndUntilItIsLetGo() throws Exception {
    BlockWindow window = window(0, true, 0);
    window.holdOpen();
    window.holdOpen();
    FutureTask<BlockWindow.Work> end = assertWaits(window::take);
    window.letGo();
    assertNull(window.poll());
    assertFalse(end.isDone());
    window.letGo();
    assertInstanceOf(Finished.class, end.get());
  }

  @Test
  void verdictsOnBlocksThatWereNotAnnouncedAreRefused() throws Exception {
    BlockWindow window = window(2 * CHUNK, true, 1 << 20);
    assertRefused(window, 0, 1, "VERDICTS on blocks to 1, but only 0 hashes were sent");
    hashed(window, window.claim());
    assertRefused(window, 0, 1, "VERDICTS on blocks to 1, but only 0 hashes were sent");
    announced(window);
    assertRefused(window, 0, 1025, "VERDICTS on blocks to 1025, but only 1024 hashes were sent");
    assertRefused(
        window,
        0,
        Verdicts.MAX_COUNT,
        "VERDICTS on blocks to 1073741823, but only 1024 hashes were sent");
  }

  @Test
  void verdictsOutOfOrderAreRefused() throws Exception {
    BlockWindow window = window(2 * CHUNK, true, 1 << 20);
    hashed(window, window.claim());
    announced(window);
    assertRefused(window, 1, 1, "VERDICTS on blocks from 1, expected from 0");
    window.decide(new Verdicts(0, new int[] {10}));
    assertRefused(window, 0, 10, "VERDICTS on blocks from 0, expected from 10");
    assertRefused(window, 11, 1, "VERDICTS on blocks from 11, expected from 10");
  }

  @Test
  void aFailureWakesAllWhoWaitAndTheFirstOneCounts() throws Exception {
    BlockWindow window = window(9 * CHUNK, true, 0);
    window.claim();
    window.claim();
    FutureTask<Chunk> worker = assertWaits(window::claim);
    FutureTask<Chunk> another = assertWaits(window::claim);
    FutureTask<BlockWindow.Work> writer = assertWaits(window::take);
    IOException failure = new IOException("first");
    window.fail(failure);
    window.fail(new IOException("second"));
    assertNull(worker.get());
    assertNull(another.get());
    ExecutionException thrown = assertThrows(ExecutionException.class, writer::get);
    assertSame(failure, thrown.getCause());
    assertSame(failure, assertThrows(IOException.class, window::poll));
    assertNull(window.claim());
  }

  @Test
  void aBatchOfHashesFitsAFrameAndNoBlockIsLeftOut() throws Exception {
    int digest = 64;
    BlockWindow window = new BlockWindow(geometry(5 * CHUNK), 5 * CHUNK, digest, false, 0);
    for (int i = 0; i < 5; i++) {
      Chunk chunk = window.claim();
      chunk.digests = new byte[CHUNK * digest];
      for (int block = 0; block < CHUNK; block += 2) {
        chunk.zero().set(block); // As many runs as can be.
      }
      window.ready(chunk);
    }
    long next = 0;
    while (window.poll() instanceof Announce announce) {
      Hashes hashes = announce.hashes();
      assertEquals(next, hashes.first());
      next += hashes.blocks();
      ByteBuffer frame = ByteBuffer.allocate(Frames.HEADER + Frames.MAX_BATCH);
      new FrameWriter(digest).write(hashes, frame);
    }
    assertEquals(5 * CHUNK, next);
  }

  @Test
  void aHoleIsOneEntryHoweverManyBlocksItHas() throws Exception {
    long blocks = 10L * Chunk.MAX_HOLE_BLOCKS;
    BlockWindow window = window(blocks, true, 0);
    assertNull(window.claim(offset -> new HoleFinder.Extent(true, Long.MAX_VALUE)));
    Hashes hashes = announced(window);
    assertEquals(1, hashes.runs().size());
    assertTrue(hashes.runs().get(0).zeros());
    assertEquals(blocks, hashes.runs().get(0).count());
    assertEquals(blocks, window.zeroBlocks());
    window.decide(new Verdicts(0, new int[] {(int) blocks}));
    assertInstanceOf(Finished.class, window.poll());
  }

  @Test
  void theBlocksOfHolesAreBoundedForEveryOtherOneCanDiffer() throws Exception {
    BlockWindow window = window(1L << 24, true, 0);
    FutureTask<Chunk> full =
        assertWaits(() -> window.claim(offset -> new HoleFinder.Extent(true, Long.MAX_VALUE)));
    assertEquals(1 << 21, announced(window).blocks());
    window.decide(new Verdicts(0, new int[] {Chunk.MAX_HOLE_BLOCKS}));
    while (window.poll() == null) {
      Thread.sleep(1);
    }
    assertEquals((1 << 21) + Chunk.MAX_HOLE_BLOCKS, window.announced());
    assertFalse(full.isDone());
  }

  @Test
  void aBlockThatIsOnlyPartlyInAHoleIsRead() throws Exception {
    BlockWindow window = window(100, true, 1 << 20);
    // Data to the byte 41, a hole from there to the byte 83, data after it.
    BlockWindow.Claims holes =
        offset ->
            offset < 41
                ? new HoleFinder.Extent(false, 41)
                : new HoleFinder.Extent(offset < 83, offset < 83 ? 83 : Long.MAX_VALUE);
    Chunk before = window.claim(holes);
    assertEquals(0, before.firstBlock());
    assertEquals(11, before.blocks());
    Chunk edge = window.claim(holes);
    assertEquals(20, edge.firstBlock());
    assertEquals(1, edge.blocks());
    Chunk after = window.claim(holes);
    assertEquals(21, after.firstBlock());
    assertEquals(79, after.blocks());
    assertNull(window.claim(holes));
  }

  @Test
  void aHoleToTheEndTakesThePartialLastBlockAlong() throws Exception {
    BlockWindow window = new BlockWindow(new Geometry(41, BLOCK), 11, DIGEST, true, 0);
    assertNull(window.claim(offset -> new HoleFinder.Extent(true, Long.MAX_VALUE)));
    assertEquals(11, announced(window).blocks());
    window.decide(new Verdicts(0, new int[] {Verdicts.run(true, 11)}));
    Chunk hole = assertInstanceOf(Send.class, window.poll()).chunk();
    assertEquals(41, hole.length());
  }

  @Test
  void aHoleIsSentWhereTheTargetHasData() throws Exception {
    BlockWindow window = window(100, true, 0);
    assertNull(window.claim(offset -> new HoleFinder.Extent(true, Long.MAX_VALUE)));
    announced(window);
    window.decide(new Verdicts(0, new int[] {3, Verdicts.run(true, 2), 94, Verdicts.run(true, 1)}));
    Chunk hole = assertInstanceOf(Send.class, window.poll()).chunk();
    assertTrue(hole.allZero());
    assertSent(window, hole, "{3, 4, 99}");
    assertInstanceOf(Finished.class, window.poll());
  }

  @Test
  void piecesOfBlocksOfZerosAreNeverAskedFor() throws Exception {
    BlockWindow window = window(100, true, 0);
    assertNull(window.claim(offset -> new HoleFinder.Extent(true, Long.MAX_VALUE)));
    announced(window);
    window.decide(new Verdicts(0, new int[] {3}));
    assertRefused(
        window, 3, Verdicts.runByPieces(1), "VERDICTS by pieces on block 3, which is zeros");
  }

  @Test
  void piecesComeForTheBlocksThatVerdictsAskedForInOrderAlsoOverTheEdgesOfChunks()
      throws Exception {
    BlockWindow window = window(3 * CHUNK, true, 1 << 20);
    window.pack();
    for (int i = 0; i < 3; i++) {
      hashed(window, window.claim());
    }
    announced(window);
    assertPiecesRefused(window, 0, "PIECES of block 0, expected none");
    int[] runs = {CHUNK - 1, Verdicts.runByPieces(2), Verdicts.run(true, 1)};
    window.decide(new Verdicts(0, runs));
    assertPiecesRefused(window, CHUNK, "PIECES of block 1024 from 0 on, expected of 1023 from 0");
    window.pieces(new Pieces(CHUNK - 1, 0, new byte[8]));
    window.pieces(new Pieces(CHUNK, 0, new byte[8]));
    assertPiecesRefused(window, CHUNK + 1, "PIECES of block 1025, expected none");
    window.decide(new Verdicts(CHUNK + 2, new int[] {2 * CHUNK - 3, Verdicts.runByPieces(1)}));
    window.pieces(new Pieces(3 * CHUNK - 1, 0, new byte[8]));
    assertPiecesRefused(window, 3 * CHUNK - 1, "PIECES of block 3071, expected none");
    for (String differs : List.of("{1023}", "{0, 1}", "{1023}")) {
      Chunk chunk = window.takeDiffering();
      assertEquals(differs, chunk.differs().toString());
      window.sent(chunk);
    }
    assertNull(window.takeDiffering());
  }

  @Test
  void whoPacksWaitsForThePiecesOfAllOfAChunk() throws Exception {
    int block = 2 * PieceHasher.PIECE + 1;
    BlockWindow window = new BlockWindow(new Geometry(2L * block, block), 2, DIGEST, true, 0);
    window.pack();
    hashed(window, window.claim());
    announced(window);
    window.decide(new Verdicts(0, new int[] {Verdicts.runByPieces(2)}));
    FutureTask<Chunk> packing = assertWaits(window::takeDiffering);
    byte[] first = bytes(1, 24);
    window.pieces(new Pieces(0, 0, first));
    byte[] second = bytes(25, 24);
    window.pieces(new Pieces(1, 0, Arrays.copyOf(second, 16)));
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> window.pieces(new Pieces(1, 2, new byte[16])));
    assertEquals("PIECES of block 1 from 2 on, expected of 1 from 2", e.getMessage());
    Thread.sleep(50);
    assertFalse(packing.isDone());
    window.pieces(new Pieces(1, 2, Arrays.copyOfRange(second, 16, 24)));
    Chunk chunk = packing.get();
    assertArrayEquals(first, chunk.pieces(0));
    assertArrayEquals(second, chunk.pieces(1));
  }

  private static byte[] bytes(int first, int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (first + i);
    }
    return bytes;
  }

  private static void assertPiecesRefused(BlockWindow window, long block, String message) {
    Pieces pieces = new Pieces(block, 0, new byte[8]);
    ProtocolException e = assertThrows(ProtocolException.class, () -> window.pieces(pieces));
    assertEquals(message, e.getMessage());
  }

  private static Geometry geometry(long blocks) {
    return new Geometry(blocks * BLOCK, BLOCK);
  }

  private static BlockWindow window(long blocks, boolean keep, long bytes) {
    return new BlockWindow(geometry(blocks), blocks, DIGEST, keep, bytes);
  }

  private static void hashed(BlockWindow window, Chunk chunk) {
    chunk.digests = new byte[chunk.blocks() * DIGEST];
    window.ready(chunk);
  }

  private static void zeros(BlockWindow window, Chunk chunk) {
    chunk.zero().set(0, chunk.blocks());
    window.ready(chunk);
  }

  private static Hashes announced(BlockWindow window) throws IOException {
    return assertInstanceOf(Announce.class, window.poll()).hashes();
  }

  private static void assertSent(BlockWindow window, Chunk chunk, String blocks)
      throws IOException {
    assertSame(chunk, assertInstanceOf(Send.class, window.poll()).chunk());
    assertEquals(blocks, chunk.differs().toString());
    window.sent(chunk);
  }

  private static void assertRefused(BlockWindow window, long first, int count, String message) {
    Verdicts verdicts = new Verdicts(first, new int[] {count});
    ProtocolException e = assertThrows(ProtocolException.class, () -> window.decide(verdicts));
    assertEquals(message, e.getMessage());
  }

  /** Runs an action on a thread of its own and returns when that waits. */
  private static <T> FutureTask<T> assertWaits(Callable<T> action) throws InterruptedException {
    FutureTask<T> task = new FutureTask<>(action);
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    // In the window, or for the worker that claims before it.
    while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.BLOCKED) {
      assertFalse(task.isDone());
      Thread.sleep(1);
    }
    return task;
  }
}
