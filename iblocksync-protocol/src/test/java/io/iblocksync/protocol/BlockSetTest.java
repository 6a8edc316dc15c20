package io.iblocksync.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.TempImages;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockSetTest {
  private static final int SEGMENT = 1 << 19;

  @Test
  void anEmptySetHasNoNext() {
    assertEquals(0, new BlockSet(0).next(0));
    assertEquals(SEGMENT + 1, new BlockSet(SEGMENT + 1).next(0));
    assertEquals(SEGMENT + 1, new BlockSet(SEGMENT + 1).next(SEGMENT + 1));
  }

  @Test
  void aRunOverTheEdgeOfASegmentIsFoundWhole() {
    BlockSet set = new BlockSet(3 * SEGMENT);
    set.add(SEGMENT - 3, SEGMENT + 70);
    assertEquals(SEGMENT - 3, set.next(0));
    assertEquals(SEGMENT + 70, set.runEnd(SEGMENT - 3, 3 * SEGMENT));
    assertEquals(SEGMENT + 5, set.runEnd(SEGMENT, SEGMENT + 5));
    assertEquals(3 * SEGMENT, set.next(SEGMENT + 70));
  }

  @Test
  void theLastBlockCanBeAMember() {
    BlockSet set = new BlockSet(65);
    set.add(64, 65);
    assertEquals(64, set.next(0));
    assertEquals(65, set.runEnd(64, 65));
    assertTrue(set.contains(64));
    assertFalse(set.contains(63));
  }

  @Test
  void blocksPastTheRangeOfIntCanBeMembers() {
    long far = 5L << 31;
    BlockSet set = new BlockSet(far + 10);
    set.add(far, far + 2);
    assertEquals(far, set.next(0));
    assertEquals(far + 2, set.runEnd(far, far + 10));
    assertEquals(far + 10, set.next(far + 2));
  }

  @Test
  void theMembersTakeNoHeap() {
    // As many as 8 TiB have at 4 KiB, one in each segment: 256 MiB.
    long blocks = 1L << 31;
    BlockSet set = new BlockSet(blocks);
    System.gc();
    long before = usedHeap();
    for (long block = 0; block < blocks; block += SEGMENT) {
      set.add(block, block + 1);
    }
    System.gc();
    long taken = usedHeap() - before;
    assertTrue(taken < 32L << 20, taken + " bytes");
    assertEquals(SEGMENT, set.next(1));
  }

  private static long usedHeap() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void randomSetsAreWhatASimpleModelSays() {
    Random random = TempImages.random("BlockSetTest");
    for (int round = 0; round < 20; round++) {
      int blocks = 1 + random.nextInt(2 * SEGMENT);
      BlockSet set = new BlockSet(blocks);
      BitSet model = new BitSet(blocks);
      for (int i = 0; i < 50; i++) {
        int first = random.nextInt(blocks);
        int end = Math.min(blocks, first + random.nextInt(200));
        set.add(first, end);
        model.set(first, end);
      }
      for (int i = 0; i < 200; i++) {
        int from = random.nextInt(blocks);
        int next = model.nextSetBit(from);
        assertEquals(model.get(from), set.contains(from));
        assertEquals(next < 0 ? blocks : next, set.next(from));
        if (next >= 0) {
          int limit = next + random.nextInt(blocks - next + 1);
          assertEquals(Math.min(model.nextClearBit(next), limit), set.runEnd(next, limit));
        }
      }
    }
  }
}
