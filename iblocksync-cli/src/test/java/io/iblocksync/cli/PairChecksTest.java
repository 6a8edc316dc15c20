package io.iblocksync.cli;

import static io.iblocksync.protocol.ImageDetails.UNKNOWN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.ImageDetails;
import org.junit.jupiter.api.Test;

/** What a target is told to have room for. */
class PairChecksTest {
  private static ImageInfo info(long size, ImageDetails details) {
    return new ImageInfo(4096, "sha1", "/x", size, "", null, details);
  }

  private static ImageInfo source(long size, long data) {
    return info(size, new ImageDetails(false, null, UNKNOWN, data, UNKNOWN, false, null));
  }

  private static ImageInfo target(long size, long room, long allocated) {
    return info(size, new ImageDetails(false, null, room, UNKNOWN, allocated, false, null));
  }

  @Test
  void whatIsAllocatedAndWhatIsLeftHoldsTheData() {
    assertEquals(0, PairChecks.maxData(source(100, UNKNOWN), target(100, 60, 40)));
    assertEquals(99, PairChecks.maxData(source(100, UNKNOWN), target(100, 60, 39)));
    // Whatever the lengths.
    assertEquals(99, PairChecks.maxData(source(100, UNKNOWN), target(500, 60, 39)));
    assertEquals(60, PairChecks.maxData(source(100, UNKNOWN), target(0, 60, 0)));
  }

  @Test
  void holesOfTheSourceNeedNoRoom() {
    assertEquals(0, PairChecks.maxData(source(100, 60), target(100, 60, 0)));
    assertEquals(60, PairChecks.maxData(source(100, 61), target(100, 60, 0)));
  }

  @Test
  void aTargetThatTellsNoBlocksMayHaveAsManyAsItIsLong() {
    assertEquals(0, PairChecks.maxData(source(100, UNKNOWN), target(40, 60, UNKNOWN)));
    assertEquals(99, PairChecks.maxData(source(100, UNKNOWN), target(39, 60, UNKNOWN)));
  }

  @Test
  void noRoomAtAllIsOneByteForNoneMeansAnyNumber() {
    assertEquals(1, PairChecks.maxData(source(100, UNKNOWN), target(100, 0, 0)));
  }

  @Test
  void aDeviceIsCountedAsAWhole() {
    ImageDetails device = new ImageDetails(true, null, UNKNOWN, UNKNOWN, UNKNOWN, false, null);
    assertEquals(5, PairChecks.maxData(info(100, device), target(0, 5, 0)));
    assertEquals(0, PairChecks.maxData(info(5, device), target(0, 5, 0)));
  }

  @Test
  void thereIsNoLimitWhereNothingIsCounted() {
    ImageDetails device = new ImageDetails(true, null, UNKNOWN, UNKNOWN, UNKNOWN, false, null);
    ImageDetails compresses = new ImageDetails(false, null, 5, UNKNOWN, 0, true, null);
    assertEquals(0, PairChecks.maxData(info(100, null), target(0, 5, 0)));
    assertEquals(0, PairChecks.maxData(source(100, UNKNOWN), info(100, device)));
    assertEquals(0, PairChecks.maxData(source(100, UNKNOWN), info(100, null)));
    assertEquals(0, PairChecks.maxData(source(100, UNKNOWN), info(100, compresses)));
  }

  @Test
  void theLargestNumbersOverflowNothing() {
    long max = Long.MAX_VALUE;
    assertEquals(0, PairChecks.maxData(source(max, UNKNOWN), target(max, max, max)));
  }
}
