package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.Rest.Action;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.ImageDetails;
import io.iblocksync.protocol.Signature;
import org.junit.jupiter.api.Test;

class RestTest {
  private static Rest rest(long source, long target, boolean device, boolean keep) {
    ImageDetails details = new ImageDetails(device, null, -1, -1, -1, false, Signature.NONE);
    ImageInfo from = new ImageInfo(1, "sha1", "s", source, "", null);
    return Rest.of(from, new ImageInfo(1, "sha1", "t", target, "", null, details), keep);
  }

  @Test
  void theRestBeginsAtTheSourcesEndAndHasAllThatFollows() {
    assertEquals(new Rest(300, 700, Action.CUT), rest(300, 1000, false, false));
    assertEquals(new Rest(300, 700, Action.ZEROED), rest(300, 1000, true, false));
    assertEquals(new Rest(300, 700, Action.KEPT), rest(300, 1000, true, true));
  }

  @Test
  void aTargetThatIsNotLargerHasNone() {
    assertEquals(0, rest(300, 300, true, false).bytes());
    assertEquals(0, rest(300, 200, true, false).bytes());
    assertFalse(rest(300, 200, false, false).isLost());
    assertEquals("", rest(300, 200, false, true).summary(false));
  }

  @Test
  void onlyWhatIsNotKeptIsLost() {
    assertTrue(rest(300, 1000, false, false).isLost());
    assertTrue(rest(300, 1000, true, false).isLost());
    assertFalse(rest(300, 1000, true, true).isLost());
  }

  @Test
  void aTargetOf101CountsAsAFile() {
    ImageInfo source = new ImageInfo(1, "sha1", "s", 1, "", null);
    ImageInfo target = new ImageInfo(1, "sha1", "t", 3, "", null);
    assertEquals(new Rest(1, 2, Action.CUT), Rest.of(source, target, false));
  }

  @Test
  void theTextsCountBytesAndHaveAUnitWhereThereAreMany() {
    assertEquals("700 bytes, from byte 300 on", rest(300, 1000, true, false).where());
    Rest large = rest(4L << 30, (4L << 30) + (192 << 20), true, false);
    assertEquals("201326592 bytes (201.3 MB), from byte 4294967296 on", large.where());
    assertEquals("become zeros", large.fate(false));
    assertEquals("would become zeros", large.fate(true));
    assertEquals("; last 700 B would be kept", rest(300, 1000, false, true).summary(true));
    assertEquals("; last 201.3 MB zeroed", large.summary(false));
  }
}
