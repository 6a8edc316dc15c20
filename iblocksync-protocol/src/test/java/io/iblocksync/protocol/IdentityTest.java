package io.iblocksync.protocol;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.protocol.Identity.Place;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdentityTest {
  private static final Place FILE = new Place("file 1 2", 0, Identity.NO_END, true);
  private static final Place DISK = new Place("device 8:0", 0, 1000, true);

  @Test
  void anImageOverlapsItself() {
    assertOverlaps(true, List.of(FILE), List.of(FILE));
  }

  @Test
  void otherFilesDoNotOverlap() {
    assertOverlaps(false, List.of(FILE), List.of(new Place("file 1 3", 0, 10, true)));
  }

  @Test
  void theSameNumbersUnderAnotherKernelMeanAnotherImage() {
    Identity here = new Identity("here", List.of(FILE));
    assertFalse(here.overlaps(new Identity("there", List.of(FILE))));
  }

  @Test
  void aPartitionOverlapsItsDisk() {
    assertOverlaps(true, List.of(partition(1, 100, 200)), List.of(DISK));
    assertOverlaps(
        true, List.of(partition(1, 100, 200), new Place("device 8:0", 100, 200, true)), disk());
  }

  @Test
  void partitionsSideBySideDoNotOverlap() {
    assertOverlaps(false, List.of(partition(1, 100, 200)), List.of(partition(2, 200, 300)));
  }

  @Test
  void aVolumeOverlapsTheDiskThatHoldsAllOfIt() {
    Place onDisk = new Place("device 8:0", 100, 200, false);
    assertOverlaps(true, List.of(new Place("device 253:0", 0, 50, true), onDisk), disk());
    assertOverlaps(true, List.of(onDisk), List.of(partition(1, 100, 200)));
  }

  @Test
  void aVolumeDoesNotOverlapAnotherPartitionOfItsDisk() {
    Place onDisk = new Place("device 8:0", 100, 200, false);
    assertOverlaps(false, List.of(onDisk), List.of(partition(1, 50, 150)));
  }

  @Test
  void volumesOnTheSameDiskDoNotOverlap() {
    Place onDisk = new Place("device 8:0", 0, 1000, false);
    assertOverlaps(
        false,
        List.of(new Place("device 253:0", 0, 50, true), onDisk),
        List.of(new Place("device 253:1", 0, 50, true), onDisk));
  }

  private static List<Place> disk() {
    return List.of(DISK);
  }

  private static Place partition(int number, long start, long end) {
    assertTrue(number > 0);
    return new Place("device 8:0", start, end, true);
  }

  private static void assertOverlaps(boolean expected, List<Place> one, List<Place> other) {
    Identity left = new Identity("boot", one);
    Identity right = new Identity("boot", other);
    assertTrue(left.overlaps(right) == expected && right.overlaps(left) == expected);
  }
}
