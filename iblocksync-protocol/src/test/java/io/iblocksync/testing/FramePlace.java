package io.iblocksync.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where an error about a frame says that the frame is. */
public final class FramePlace {
  private static final Pattern PLACE =
      Pattern.compile(" \\(in the frame at byte \\d+ of the conversation\\)$");

  private FramePlace() {}

  /** The text without the place, which must be in it. */
  public static String removedFrom(String text) {
    Matcher place = PLACE.matcher(text);
    assertTrue(place.find(), text);
    return text.substring(0, place.start());
  }
}
