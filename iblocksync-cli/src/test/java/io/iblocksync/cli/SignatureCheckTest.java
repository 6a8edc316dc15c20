package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.SignatureCheck.Kind;
import io.iblocksync.cli.SignatureCheck.Result;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Greeting.Offer;
import io.iblocksync.protocol.ImageDetails;
import io.iblocksync.protocol.Signature;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rule by which a target is overwritten unasked, as a table. */
class SignatureCheckTest {
  /** An image by a short name; those of "old" endpoints, up to 2.0.0, have no signature. */
  private static ImageInfo image(String name) {
    Signature signature =
        switch (name) {
          case "none", "missing" -> Signature.NONE;
          case "unknown" -> Signature.unknown("there is no blkid");
          case "several" -> Signature.several("ext4 btrfs");
          case "ext4 A" -> Signature.found("ext4", "A", "", "");
          case "ext4 B" -> Signature.found("ext4", "B", "", "");
          case "ext4 A in dos" -> Signature.found("ext4", "A", "dos", "D");
          case "ext4 B in dos" -> Signature.found("ext4", "B", "dos", "D");
          case "swap A" -> Signature.found("swap", "A", "", "");
          case "LUKS" -> Signature.found("crypto_LUKS", "", "", "");
          case "gpt C" -> Signature.found("", "", "gpt", "C");
          case "gpt D" -> Signature.found("", "", "gpt", "D");
          default -> null;
        };
    String uuid = name.startsWith("old ") ? name.substring(4) : signature.uuid();
    ImageDetails details =
        signature == null ? null : new ImageDetails(false, null, -1, -1, -1, false, signature);
    Offer offer = new Offer("p", List.of(1, 2), List.of());
    String shown = uuid.equals("-") ? "" : uuid;
    return new ImageInfo(1, "sha1", name, name.equals("missing") ? 0 : 9, shown, offer, details);
  }

  private static Result check(String source, String target) {
    return new SignatureCheck(image(source), image(target), null, "backup").result();
  }

  @ParameterizedTest
  @CsvSource({
    // A target that holds nothing that is known is not asked about.
    "none, none, FINE",
    "ext4 A, none, FINE",
    "several, none, FINE",
    "unknown, none, FINE",
    "old -, none, FINE",
    "old A, none, FINE",
    "unknown, missing, FINE",
    // Nor is an older state of the same.
    "ext4 A, ext4 A, FINE",
    "ext4 A in dos, ext4 A in dos, FINE",
    "gpt C, gpt C, FINE",
    "LUKS, LUKS, FINE",
    // All else is.
    "ext4 B, ext4 A, DIFFERENT",
    "swap A, ext4 A, DIFFERENT",
    "LUKS, ext4 A, DIFFERENT",
    "ext4 A, LUKS, DIFFERENT",
    "ext4 A, gpt C, DIFFERENT",
    "gpt C, ext4 A, DIFFERENT",
    "gpt D, gpt C, DIFFERENT",
    "ext4 A, ext4 A in dos, DIFFERENT",
    "ext4 A in dos, ext4 A, DIFFERENT",
    "ext4 B in dos, ext4 A in dos, DIFFERENT",
    "several, ext4 A, DIFFERENT",
    "ext4 A, several, DIFFERENT",
    // Nothing over something.
    "none, ext4 A, NOTHING_OVER_SOMETHING",
    "none, gpt C, NOTHING_OVER_SOMETHING",
    "none, LUKS, NOTHING_OVER_SOMETHING",
    "none, several, NOTHING_OVER_SOMETHING",
    "none, old A, NOTHING_OVER_SOMETHING",
    // What is not known is never the same.
    "unknown, unknown, NOT_COMPARED",
    "unknown, ext4 A, NOT_COMPARED",
    "ext4 A, unknown, NOT_COMPARED",
    "none, unknown, NOT_COMPARED",
    "several, unknown, NOT_COMPARED",
    "several, several, NOT_COMPARED",
    "unknown, several, NOT_COMPARED",
    "old A, unknown, NOT_COMPARED",
    "old -, unknown, NOT_COMPARED",
    "unknown, old A, NOT_COMPARED",
    // A source that cannot report more than a UUID.
    "old A, ext4 A, UNSAID",
    "old B, ext4 A, DIFFERENT",
    "old -, ext4 A, DIFFERENT",
    "old A, gpt C, DIFFERENT",
    "old A, several, DIFFERENT",
    "old -, gpt C, NOT_COMPARED",
    "old -, LUKS, NOT_COMPARED",
    "old -, several, NOT_COMPARED",
    // A target that cannot.
    "ext4 A, old A, UNSAID",
    "ext4 B, old A, DIFFERENT",
    "gpt C, old A, DIFFERENT",
    "several, old A, DIFFERENT",
    "ext4 A, old -, UNSAID",
    "none, old -, UNSAID",
    "unknown, old -, UNSAID",
    // Both.
    "old A, old A, UNSAID",
    "old B, old A, DIFFERENT",
    "old -, old A, DIFFERENT",
    "old A, old -, UNSAID",
    "old -, old -, UNSAID"
  })
  void whatFollowsFromTwoSignatures(String source, String target, Kind kind) {
    Result result = check(source, target);
    assertEquals(kind, result.kind(), result.text());
    assertEquals(kind == Kind.FINE, result.text().isEmpty(), result.text());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ext4 B|ext4 A|the UUID of the source image (B) differs from that of the target image (A)",
        "old B|ext4 A|the UUID of the source image (B) differs from that of the target image (A)",
        "swap A|ext4 A|the source image holds swap (UUID A), but the target image ext4 (UUID A)",
        "LUKS|gpt C|the source image holds crypto_LUKS, but the target image a partition table gpt"
            + " (UUID C)",
        "several|ext4 A in dos|the source image holds several signatures (ext4 btrfs), but the"
            + " target image ext4 (UUID A) and a partition table dos (UUID D)",
        "none|LUKS|the source image has no signature of a file system or anything else, but the"
            + " target image holds crypto_LUKS",
        "old -|ext4 A|the source image has no UUID, but the target image holds ext4 (UUID A)",
        "ext4 A|unknown|what the source and the target image hold was not compared: there is no"
            + " blkid (for the target on backup)",
        "unknown|ext4 A|what the source and the target image hold was not compared: there is no"
            + " blkid (for the source)",
        "old -|gpt C|what the source and the target image hold was not compared: the older"
            + " iblocksync does not report what the source image holds",
        "ext4 A|old -|only UUIDs are compared: the older iblocksync on backup reports nothing else"
            + " of what the target image holds"
      })
  void theTextNamesWhatIsHeldAndWhereSomethingIsMissing(String source, String target, String text) {
    assertEquals(text, check(source, target).text());
  }

  @Test
  void whatAPeerReportsIsShortenedAndShownOnOneLineWithoutControlCharacters() {
    Signature hostile = Signature.found("a\u001b[31m\n".repeat(20_000), "u\r", "", "");
    ImageDetails details = new ImageDetails(false, null, -1, -1, -1, false, hostile);
    ImageInfo target = new ImageInfo(1, "sha1", "t", 9, "u", null, details);
    String text = new SignatureCheck(image("ext4 A"), target, null, null).result().text();
    assertTrue(text.length() < 1000 && text.chars().noneMatch(c -> c < ' '), text);
  }
}
