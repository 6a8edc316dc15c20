package io.iblocksync.image;

import static io.iblocksync.testing.Waiting.assertWaits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.protocol.FrameWriter;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.Hashes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReadAheadTest {
  /** Blocks of 4 bytes are read in chunks of 1024 blocks. */
  private static final int BLOCK = 4;

  private static final int CHUNK = 1024;

  @Test
  void hashesAreTakenInTheOrderOfTheImage() throws Exception {
    ReadByHand image = new ReadByHand(geometry(4 * CHUNK), true, 1 << 20);
    Chunk first = image.claim();
    Chunk second = image.claim();
    image.hashed(second);
    assertNull(image.take());
    image.hashed(first);
    Hashes hashes = image.take();
    assertEquals(0, hashes.first());
    assertEquals(2 * CHUNK, hashes.blocks());
    assertSame(first.digests(), hashes.runs().get(0).digests());
    assertSame(second.digests(), hashes.runs().get(1).digests());
    assertEquals(2 * CHUNK, image.ahead().announced());
  }

  @Test
  void theConsumerIsCalledForTheFirstChunkOnlyForOthersMustWaitForIt() throws Exception {
    ReadByHand image = new ReadByHand(geometry(4 * CHUNK), true, 1 << 20);
    Chunk first = image.claim();
    Chunk second = image.claim();
    image.hashed(second);
    assertEquals(0, image.frontReady());
    image.hashed(first);
    assertEquals(1, image.frontReady());
    assertEquals(List.of(first, second), image.takeChunks());
    image.hashed(image.claim());
    assertEquals(2, image.frontReady());
  }

  @Test
  void hashesFlowInTheMiddleOfTheCommonBlocksOnly() throws Exception {
    // Space for 256 chunks; one more follows the three that are common.
    ReadByHand image = ReadByHand.source(geometry(4 * CHUNK), 3 * CHUNK, 1 << 20);
    image.read();
    assertFalse(image.ahead().isFlowing());
    image.take();
    assertTrue(image.ahead().isFlowing());
    image.claim();
    assertTrue(image.ahead().isFlowing());
    image.claim();
    assertFalse(image.ahead().isFlowing());
  }

  @Test
  void hashesDoNotFlowWhereFewChunksFillTheWindow() throws Exception {
    for (int chunks : new int[] {15, 16}) {
      ReadByHand image = new ReadByHand(geometry(4 * CHUNK), true, (long) chunks * CHUNK * BLOCK);
      image.read();
      image.take();
      assertEquals(chunks == 16, image.ahead().isFlowing());
    }
  }

  @Test
  void zerosAreOneRunOverTheEdgesOfChunks() throws Exception {
    ReadByHand image = new ReadByHand(geometry(3 * CHUNK), true, 1 << 20);
    for (int i = 0; i < 3; i++) {
      image.zeros(image.claim());
    }
    Hashes hashes = image.take();
    assertEquals(1, hashes.runs().size());
    assertTrue(hashes.runs().get(0).zeros());
    assertEquals(3 * CHUNK, hashes.runs().get(0).count());
    assertEquals(3 * CHUNK, image.ahead().zeroBlocks());
  }

  @Test
  void twoChunksFitAnyWindow() throws Exception {
    int block = (1 << 20) + 3;
    ReadByHand image = new ReadByHand(new Geometry(3L * block, block), true, 1);
    for (int i = 0; i < 2; i++) {
      assertEquals(block, image.claim().bytes().remaining());
    }
    assertWaits(image::claim);
  }

  @Test
  void aBufferIsNoLargerThanTheImageAndAsLongAsItsChunk() throws Exception {
    assertEquals(7, new ReadByHand(new Geometry(7, 1 << 30), true, 0).claim().bytes().capacity());
    ReadByHand image = new ReadByHand(new Geometry(CHUNK * BLOCK + 5, BLOCK), true, 0);
    assertEquals(CHUNK * BLOCK, image.claim().bytes().remaining());
    assertEquals(5, image.claim().bytes().remaining());
    assertNull(image.claim());
  }

  @Test
  void workersWaitForSpaceUntilAChunkIsReleased() throws Exception {
    ReadByHand image = new ReadByHand(geometry(4 * CHUNK), true, 0);
    image.read();
    image.read();
    FutureTask<Chunk> third = assertWaits(image::claim);
    List<Chunk> taken = image.takeChunks();
    assertFalse(third.isDone());
    image.ahead().release(taken.get(0));
    assertEquals(2 * CHUNK, third.get().firstBlock());
  }

  @Test
  void aChunkThatIsKeptHasItsBytesUntilItIsReleased() throws Exception {
    ReadByHand image = new ReadByHand(geometry(4 * CHUNK), true, 0);
    Chunk kept = image.read();
    assertNotNull(kept.bytes());
    image.takeChunks();
    image.ahead().release(kept);
    assertNull(kept.bytes());
    Chunk zeros = image.zeros(image.claim());
    assertNull(zeros.bytes());
  }

  @Test
  void aChunkThatIsNotKeptGivesItsBytesBackOnceItIsHashed() throws Exception {
    ReadByHand image = new ReadByHand(geometry(4 * CHUNK), false, 0);
    Chunk first = image.read();
    assertNull(first.bytes());
  }

  @Test
  void zerosTakeNoBytesButTheNumberOfChunksIsBounded() throws Exception {
    ReadByHand image = new ReadByHand(geometry(5000L * CHUNK), true, 0);
    List<Chunk> taken = new ArrayList<>();
    for (int i = 0; i < 1024; i++) {
      image.zeros(image.claim());
      taken.addAll(image.takeChunks());
    }
    FutureTask<Chunk> next = assertWaits(image::claim);
    image.ahead().release(taken.get(0));
    assertEquals(1024L * CHUNK, next.get().firstBlock());
  }

  @Test
  void hashesThatNobodyTakesAreBoundedThoughTheBytesAreNotKept() throws Exception {
    ReadByHand image = new ReadByHand(geometry(5000L * CHUNK), false, 0);
    for (int i = 0; i < 1024; i++) {
      image.read();
    }
    FutureTask<Chunk> next = assertWaits(image::claim);
    image.ahead().nextHashes(image.ahead()::release);
    assertEquals(1024L * CHUNK, next.get().firstBlock());
  }

  @Test
  void pastTheCommonBlocksFewChunksAreReadAhead() throws Exception {
    ReadByHand image = ReadByHand.source(geometry(9 * CHUNK), CHUNK, 1 << 20);
    image.ahead().release(takeOne(image, image.read()));
    for (int i = 0; i < 4; i++) {
      Chunk chunk = image.read();
      assertFalse(chunk.common());
      assertFalse(chunk.hashed());
    }
    assertWaits(image::claim);
    assertNull(image.take());
    assertEquals(CHUNK, image.ahead().announced());
  }

  @Test
  void aBatchOfHashesFitsAFrameAndNoBlockIsLeftOut() throws Exception {
    HashAlgorithm algorithm = HashAlgorithm.of("sha512");
    Geometry geometry = geometry(5 * CHUNK);
    ReadByHand image =
        new ReadByHand(new ReadPlan(geometry, 5 * CHUNK, algorithm, false, false, 0, null));
    for (int i = 0; i < 5; i++) {
      Chunk chunk = image.claim();
      chunk.digests(new byte[CHUNK * algorithm.length()]);
      for (int block = 0; block < CHUNK; block += 2) {
        chunk.zero().set(block); // As many runs as can be.
      }
      image.ahead().ready(chunk);
    }
    long next = 0;
    for (Hashes hashes = image.take(); hashes != null; hashes = image.take()) {
      assertEquals(next, hashes.first());
      next += hashes.blocks();
      ByteBuffer frame = ByteBuffer.allocate(Frames.HEADER + Frames.MAX_BATCH);
      new FrameWriter(algorithm.length()).write(hashes, frame);
    }
    assertEquals(5 * CHUNK, next);
  }

  @Test
  void aHoleIsReadyAtOnceAndIsOneEntryHoweverManyBlocksItHas() throws Exception {
    long blocks = 10L * Chunk.MAX_HOLE_BLOCKS;
    ReadByHand image = new ReadByHand(geometry(blocks), true, 0);
    for (int i = 0; i < 10; i++) {
      Chunk hole = image.claimHole();
      assertTrue(hole.isHole());
      assertNull(hole.bytes());
    }
    assertNull(image.claimHole());
    Hashes hashes = image.take();
    assertEquals(1, hashes.runs().size());
    assertTrue(hashes.runs().get(0).zeros());
    assertEquals(blocks, hashes.runs().get(0).count());
    assertEquals(blocks, image.ahead().zeroBlocks());
  }

  @Test
  void theBlocksOfHolesAreBoundedForEveryOtherOneCanDiffer() throws Exception {
    ReadByHand image = new ReadByHand(geometry(1L << 24), true, 0);
    for (int i = 0; i < 16; i++) {
      image.claimHole();
    }
    List<Chunk> taken = image.takeChunks();
    assertEquals(1 << 21, image.ahead().announced());
    FutureTask<Chunk> next = assertWaits(image::claimHole);
    image.ahead().release(taken.get(0));
    assertEquals(1 << 21, next.get().firstBlock());
  }

  @Test
  void anEmptyImageIsDoneAtOnce() throws Exception {
    ReadByHand image = new ReadByHand(geometry(0), true, 0);
    assertTrue(image.ahead().isDone());
    assertNull(image.claim());
    assertNull(image.ahead().takeHashes());
    image.ahead().awaitDone();
  }

  @Test
  void itIsDoneWhenAllIsReleased() throws Exception {
    ReadByHand image = new ReadByHand(geometry(2 * CHUNK), true, 0);
    FutureTask<Boolean> waiting =
        assertWaits(
            () -> {
              image.ahead().awaitDone();
              return true;
            });
    image.read();
    image.read();
    List<Chunk> taken = image.takeChunks();
    image.ahead().release(taken.get(0));
    assertFalse(image.ahead().isDone());
    assertFalse(waiting.isDone());
    image.ahead().release(taken.get(1));
    assertTrue(image.ahead().isDone());
    assertTrue(waiting.get());
  }

  @Test
  void whoWantsNothingButHashesWaitsForThem() throws Exception {
    ReadByHand image = new ReadByHand(geometry(CHUNK + 1), false, 0);
    FutureTask<Hashes> waiting = assertWaits(() -> image.ahead().takeHashes());
    Chunk first = image.claim();
    image.read();
    assertFalse(waiting.isDone());
    image.hashed(first);
    Hashes hashes = waiting.get();
    assertEquals(CHUNK + 1, hashes.blocks());
    assertNull(image.ahead().takeHashes());
  }

  @Test
  void aFailureWakesAllThatWaitAndTheFirstOneCounts() throws Exception {
    ReadByHand image = new ReadByHand(geometry(9 * CHUNK), true, 0);
    image.claim();
    image.claim();
    FutureTask<Chunk> worker = assertWaits(image::claim);
    FutureTask<Chunk> another = assertWaits(image::claim);
    FutureTask<Hashes> consumer = assertWaits(() -> image.ahead().takeHashes());
    IOException failure = new IOException("first");
    image.ahead().fail(failure);
    image.ahead().fail(new IOException("second"));
    assertNull(worker.get());
    assertNull(another.get());
    ExecutionException thrown = assertThrows(ExecutionException.class, consumer::get);
    assertSame(failure, thrown.getCause());
    assertSame(failure, assertThrows(IOException.class, () -> image.ahead().awaitDone()));
    assertNull(image.claim());
  }

  private static Chunk takeOne(ReadByHand image, Chunk expected) {
    List<Chunk> taken = image.takeChunks();
    assertEquals(List.of(expected), taken);
    return expected;
  }

  private static Geometry geometry(long blocks) {
    return new Geometry(blocks * BLOCK, BLOCK);
  }
}
