package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.ImageDetails;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Signature;
import io.iblocksync.testing.StandardError;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said where nobody can be asked. */
class ConfirmationsTest {
  private static final Signature EXT4 = Signature.found("ext4", "A", "", "");
  private static final Signature SWAP = Signature.found("swap", "B", "", "");
  private static final String DEVICE =
      "the target image /t (1000 bytes) is larger than the source image (300 bytes): its last 700"
          + " bytes, from byte 300 on, ";
  private static final String OTHER =
      "the source image holds swap (UUID B), but the target image ext4 (UUID A)";
  private static final String NOTHING =
      "the source image has no signature of a file system or anything else, but the target image"
          + " holds ext4 (UUID A)";

  private StandardError error;

  @BeforeEach
  void takeStandardError() {
    error = new StandardError();
  }

  @AfterEach
  void giveItBack() {
    error.close();
  }

  private static void ask(Signature source, long size, Signature target, String... words)
      throws Exception {
    String[] args = Arrays.copyOf(words, words.length + 2);
    args[words.length] = "/s";
    args[words.length + 1] = "host:/t";
    Options options = Options.of(Options.arguments("iblocksync").parse(args));
    ImageInfo from = image("/s", size, false, source);
    ImageInfo to = image("/t", 1000, true, target);
    Rest rest = Rest.of(from, to, options.settings().flag(Setting.KEEP_REST));
    new Confirmations(options, false).ask(from, to, rest);
  }

  private static ImageInfo image(String path, long size, boolean device, Signature signature) {
    ImageDetails details = new ImageDetails(device, null, -1, -1, -1, false, signature);
    return new ImageInfo(1, "sha1", path, size, signature.uuid(), null, details);
  }

  private static void assertDeclined(
      String text, Signature source, long size, Signature target, String... words) {
    DeclinedException e =
        assertThrows(DeclinedException.class, () -> ask(source, size, target, words));
    assertEquals(text, e.getMessage());
  }

  /** All that was warned of, without the time. */
  private void assertWarned(String... texts) {
    String[] lines = error.text().isEmpty() ? new String[0] : error.text().split("\n");
    assertEquals(texts.length, lines.length, error.text());
    for (int i = 0; i < texts.length; i++) {
      assertTrue(lines[i].endsWith(": WARNING: " + texts[i]), lines[i]);
    }
  }

  @Test
  void aQuestionAboutTheRestNamesBothOptionsThatAnswerIt() {
    String use = "; use --keep-rest to leave these bytes as they are, or -f to sync nevertheless";
    assertDeclined(DEVICE + "become zeros" + use, EXT4, 300, EXT4);
  }

  @Test
  void allFindingsAreToldAtOnce() {
    String use = "; use -f to sync nevertheless (and --keep-rest to leave those bytes as they are)";
    assertDeclined(DEVICE + "become zeros; " + OTHER + use, SWAP, 300, EXT4);
  }

  @Test
  void theRestThatIsKeptIsNotAskedAboutButAllElseIs() throws Exception {
    ask(EXT4, 300, EXT4, "--keep-rest");
    assertWarned();
    assertDeclined(OTHER + "; use -f to sync nevertheless", SWAP, 300, EXT4, "--keep-rest");
  }

  @Test
  void forceMakesAWarningOfEachFinding() throws Exception {
    ask(SWAP, 300, EXT4, "-f");
    assertWarned(DEVICE + "become zeros", OTHER);
  }

  @Test
  void nothingOverSomethingIsAllowedByItsOwnOptionOnly() throws Exception {
    String use =
        "; look whether source and target are the right ones, or use --force-empty to sync"
            + " nevertheless";
    assertDeclined(NOTHING + use, Signature.NONE, 1000, EXT4);
    assertDeclined(NOTHING + use, Signature.NONE, 300, EXT4, "-f", "--keep-rest");
    ask(Signature.NONE, 1000, EXT4, "--force-empty");
    assertWarned(NOTHING);
    String empty =
        "the source image is empty, but the target image has 1000 bytes, all of which become"
            + " zeros";
    assertDeclined(empty + use, Signature.NONE, 0, Signature.NONE, "-f");
  }

  @Test
  void whatForcesNothingOverSomethingAnswersNoOtherQuestion() {
    String use = "; use --keep-rest to leave these bytes as they are, or -f to sync nevertheless";
    assertDeclined(DEVICE + "become zeros" + use, Signature.NONE, 300, EXT4, "--force-empty");
  }

  @Test
  void aDryRunWarnsOfAllThatARunWouldAskAboutOrRefuse() throws Exception {
    ask(Signature.NONE, 300, EXT4, "-n");
    assertWarned(
        NOTHING + "; without --force-empty a run is refused", DEVICE + "would become zeros");
  }

  @Test
  void whatCouldNotBeComparedIsWarnedOfWithItsHost() throws Exception {
    ask(EXT4, 1000, Signature.unknown("there is no blkid"));
    assertWarned(
        "what the source and the target image hold was not compared: there is no blkid (for the"
            + " target on host)");
  }
}
