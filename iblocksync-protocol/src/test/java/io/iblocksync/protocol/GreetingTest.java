package io.iblocksync.protocol;

import static io.iblocksync.protocol.ImageDetails.UNKNOWN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.protocol.Greeting.Choice;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Greeting.Offer;
import io.iblocksync.protocol.Greeting.Reply;
import io.iblocksync.protocol.Greeting.StartError;
import io.iblocksync.protocol.Identity.Place;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class GreetingTest {
  private static final String INFO =
      "\"blockSize\": 4096, \"hashAlgorithm\": \"sha1\", \"filePath\": \"/img\","
          + " \"fileSize\": 9007199254740993, \"uuid\": \"\"";
  private static final ImageInfo PLAIN =
      new ImageInfo(4096, "sha1", "/img", 9007199254740993L, "", null);

  @Test
  void anImageInfoOf101IsRead() throws ProtocolException {
    assertEquals(PLAIN, Greeting.parseAnswer("{" + INFO + "}"));
  }

  @Test
  void anImageInfoWithAnOfferIsWhatWasFormatted() throws ProtocolException {
    Offer offer = new Offer("iblocksync-serve 2.0.0", List.of(1, 2, 77), List.of("a", "b"));
    ImageInfo info = new ImageInfo(1 << 30, "sha3_512", "/a \"b\"\n\u00fc\u0001", 0, "x", offer);
    String line = Greeting.format(info);
    assertFalse(line.contains("\n"));
    assertEquals(info, Greeting.parseAnswer(line));
  }

  @Test
  void aReplyIsWhatWasFormatted() throws ProtocolException {
    Settings settings = Settings.NONE.with(Setting.DRY_RUN, true).with(Setting.TIMEOUT, 300);
    Choice choice = new Choice("iblocksync 2.0.0", 2, List.of("f"), 1, settings);
    assertEquals(new Reply(PLAIN, choice), parseReply(Greeting.format(new Reply(PLAIN, choice))));
    assertEquals(new Reply(PLAIN, null), parseReply(Greeting.format(new Reply(PLAIN, null))));
  }

  @Test
  void theDetailsOfAnImageAreWhatWasFormatted() throws ProtocolException {
    Identity identity =
        new Identity(
            "b-o-o-t",
            List.of(
                new Place("device 7:0", 0, 4096, true),
                new Place("file 1 2", 512, Identity.NO_END, false)));
    for (ImageDetails details :
        List.of(
            new ImageDetails(true, identity, UNKNOWN, UNKNOWN, UNKNOWN, false, null),
            new ImageDetails(false, new Identity("", List.of()), 0, 7, 512, true, Signature.NONE),
            new ImageDetails(
                false, null, Long.MAX_VALUE, 0, Long.MAX_VALUE, false, Signature.unknown("why")))) {
      ImageInfo info = new ImageInfo(4096, "sha1", "/img", 0, "", null, details);
      assertEquals(info, Greeting.parseAnswer(Greeting.format(info)));
    }
  }

  @Test
  void aSignatureIsWhatWasFormattedAndOneOfALaterKindIsUnknown() throws ProtocolException {
    for (Signature signature :
        List.of(
            Signature.found("ext4", "u", "", ""),
            Signature.found("", "", "gpt", "p"),
            Signature.several("a b"),
            Signature.unknown("why"),
            Signature.NONE)) {
      assertEquals(signature, Signature.parse(signature.format()));
    }
    String later = "{\"device\": true, \"signature\": {\"state\": \"later\", \"x\": 1}}";
    ImageInfo info = (ImageInfo) Greeting.parseAnswer("{" + INFO + ", \"image\": " + later + "}");
    assertEquals(Signature.unknown(""), info.details().signature());
  }

  @Test
  void detailsOfTheWrongFormAreRefused() {
    String place = "{\"on\": \"x\", \"start\": 0, \"end\": 1, \"whole\": true}";
    for (String details :
        List.of(
            "null",
            "[]",
            "{}",
            "{\"device\": 1}",
            "{\"device\": true, \"room\": -1}",
            "{\"device\": true, \"room\": \"1\"}",
            "{\"device\": true, \"boot\": 1, \"places\": []}",
            "{\"device\": true, \"boot\": \"x\"}",
            "{\"device\": true, \"signature\": \"none\"}",
            "{\"device\": true, \"signature\": {}}",
            "{\"device\": true, \"signature\": {\"state\": \"found\", \"type\": 1}}",
            "{\"device\": true, \"boot\": \"x\", \"places\": [1]}",
            "{\"device\": true, \"boot\": \"x\", \"places\": [{}]}",
            "{\"device\": true, \"boot\": \"x\", \"places\": ["
                + String.join(",", Collections.nCopies(65, place))
                + "]}")) {
      String line = "{" + INFO + ", \"image\": " + details + "}";
      assertThrows(ProtocolException.class, () -> Greeting.parseAnswer(line), details);
    }
  }

  @Test
  void anErrorIsReadWithAndWithoutItsNumber() throws ProtocolException {
    assertEquals(
        new StartError("No such file or directory", 2),
        Greeting.parseAnswer("{\"error\": \"No such file or directory\", \"errno\": 2}"));
    assertEquals(new StartError("Odd", 0), Greeting.parseAnswer("{\"error\": \"Odd\"}"));
    StartError error = new StartError("Odd", 5);
    assertEquals(error, Greeting.parseAnswer(Greeting.format(error)));
  }

  @Test
  void unknownMembersAreIgnored() throws ProtocolException {
    String more = ", \"more\": {\"a\": [1, null, {}]}, \"\": 0.5";
    assertEquals(PLAIN, Greeting.parseAnswer("{" + INFO + more + "}"));
    String offer =
        ", \"offer\": {\"program\": \"p\", \"protocols\": [], \"features\": [], \"x\": 1}";
    ImageInfo info = (ImageInfo) Greeting.parseAnswer("{" + INFO + offer + "}");
    assertEquals(new Offer("p", List.of(), List.of()), info.offer());
  }

  @Test
  void theOtherEndpointsOfferInAReplyMeansNothing() throws ProtocolException {
    assertNull(parseReply("{" + INFO + ", \"offer\": {\"protocols\": [2]}}").choice());
    assertNull(parseReply("{" + INFO + ", \"offer\": 3}").other().offer());
  }

  @Test
  void aMissingMemberIsRefused() {
    for (String name : INFO.replaceAll(":[^,]*,?", " ").trim().split("\\s+")) {
      String without = "{" + INFO.replace(name, "\"other\"") + "}";
      ProtocolException e =
          assertThrows(ProtocolException.class, () -> Greeting.parseAnswer(without));
      assertTrue(
          e.getMessage().startsWith("member " + name.replace("\"", "") + " is null"),
          e.getMessage());
    }
  }

  @Test
  void membersOfTheWrongTypeAreRefused() {
    assertRefused("blockSize", "4096", "\"4096\"", "null", "true", "[4096]", "{}");
    assertRefused("hashAlgorithm", "\"sha1\"", "1", "null", "[\"sha1\"]");
    assertRefused("filePath", "\"/img\"", "0", "null", "{}");
    assertRefused("uuid", "\"\"", "0", "null", "false");
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertRefused("blockSize", "4096", "0", "-1", "2147483648", "4294967297", "1e99", "4096.5");
    assertRefused(
        "fileSize",
        "9007199254740993",
        "-1",
        "9223372036854775808",
        "18446744073709551617",
        "-18446744073709551615",
        "1e400",
        "0.5",
        "-0.1");
  }

  @Test
  void theLargestNumbersAreRead() throws ProtocolException {
    String line = "{" + INFO.replace("9007199254740993", "9223372036854775807") + "}";
    assertEquals(Long.MAX_VALUE, ((ImageInfo) Greeting.parseAnswer(line)).fileSize());
    line = "{" + INFO.replace("4096", "2147483647") + "}";
    assertEquals(Integer.MAX_VALUE, ((ImageInfo) Greeting.parseAnswer(line)).blockSize());
  }

  @Test
  void offersOfTheWrongFormAreRefused() {
    for (String offer :
        List.of(
            "null",
            "2",
            "[]",
            "{}",
            "{\"program\": 1, \"protocols\": [], \"features\": []}",
            "{\"program\": \"p\", \"protocols\": 2, \"features\": []}",
            "{\"program\": \"p\", \"protocols\": [\"2\"], \"features\": []}",
            "{\"program\": \"p\", \"protocols\": [2.5], \"features\": []}",
            "{\"program\": \"p\", \"protocols\": [null], \"features\": []}",
            "{\"program\": \"p\", \"protocols\": [2], \"features\": [1]}",
            "{\"program\": \"p\", \"protocols\": [2], \"features\": {}}")) {
      String line = "{" + INFO + ", \"offer\": " + offer + "}";
      assertThrows(ProtocolException.class, () -> Greeting.parseAnswer(line), offer);
    }
  }

  @Test
  void choicesOfTheWrongFormAreRefused() {
    for (String choice :
        List.of(
            "null",
            "{}",
            "{\"program\": \"p\", \"protocol\": \"2\", \"features\": [], \"verbosity\": 0}",
            "{\"program\": \"p\", \"protocol\": 0, \"features\": [], \"verbosity\": 0}",
            "{\"program\": \"p\", \"protocol\": 4294967298, \"features\": [], \"verbosity\": 0}",
            "{\"program\": \"p\", \"protocol\": 2, \"features\": [], \"verbosity\": 3}",
            "{\"program\": \"p\", \"protocol\": 2, \"features\": [], \"verbosity\": -1}",
            "{\"program\": \"p\", \"protocol\": 2, \"features\": \"\", \"verbosity\": 0}",
            "{\"program\": \"p\", \"protocol\": 2, \"verbosity\": 0}")) {
      String line = "{" + INFO + ", \"choice\": " + choice + "}";
      assertThrows(ProtocolException.class, () -> parseReply(line), choice);
    }
  }

  @Test
  void aChoiceWithoutSettingsHasNoneSet() throws ProtocolException {
    assertEquals(Settings.NONE, settings(""));
    Settings none = settings(", \"settings\": {}");
    assertFalse(none.flag(Setting.VERIFY));
    assertEquals(0, none.number(Setting.TIMEOUT));
  }

  @Test
  void anUnknownSettingIsRefusedByItsName() {
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> settings(", \"settings\": {\"hover\": true}"));
    assertEquals("the coordinator asks for the unknown setting 'hover'", e.getMessage());
  }

  @Test
  void settingsOfTheWrongFormAreRefused() {
    for (String wrong :
        List.of("1", "[]", "{\"dryRun\": 1}", "{\"timeout\": -1}", "{\"timeout\": true}")) {
      assertThrows(ProtocolException.class, () -> settings(", \"settings\": " + wrong), wrong);
    }
  }

  private static Settings settings(String more) throws ProtocolException {
    String choice =
        "{\"program\": \"p\", \"protocol\": 2, \"features\": [], \"verbosity\": 0" + more + "}";
    return parseReply("{" + INFO + ", \"choice\": " + choice + "}").choice().settings();
  }

  @Test
  void whatIsNoObjectIsRefused() {
    for (String line :
        List.of("", " ", "[]", "null", "42", "\"x\"", "{", "{" + INFO, "{" + INFO + "}}", "\0")) {
      ProtocolException e =
          assertThrows(ProtocolException.class, () -> Greeting.parseAnswer(line), line);
      assertEquals("expected a line with a JSON object", e.getMessage());
    }
  }

  @Test
  void deepNestingIsRefusedOrIgnoredWhateverTheMember() {
    for (int depth = 100; depth < Greeting.MAX_LINE / 2; depth *= 2) {
      String deep = "[".repeat(depth) + "]".repeat(depth);
      for (String name : List.of("blockSize", "filePath", "offer", "error")) {
        String line = "{\"" + name + "\": " + deep + "}";
        assertThrows(ProtocolException.class, () -> Greeting.parseAnswer(line), name + depth);
      }
    }
  }

  @Test
  void theMessageOfARefusalIsShort() {
    String line = "{\"blockSize\": \"" + "x".repeat(60_000) + "\"}";
    ProtocolException e = assertThrows(ProtocolException.class, () -> Greeting.parseAnswer(line));
    assertTrue(e.getMessage().length() < 500, "is " + e.getMessage().length() + " long");
  }

  @Test
  void anErrorThatIsNoTextIsRefused() {
    assertThrows(ProtocolException.class, () -> Greeting.parseAnswer("{\"error\": null}"));
    assertThrows(ProtocolException.class, () -> Greeting.parseAnswer("{\"error\": 5}"));
  }

  private static void assertRefused(String name, String value, String... others) {
    String member = "\"" + name + "\": " + value;
    assertTrue(INFO.contains(member));
    for (String other : others) {
      String line = "{" + INFO.replace(member, "\"" + name + "\": " + other) + "}";
      ProtocolException e =
          assertThrows(ProtocolException.class, () -> Greeting.parseAnswer(line), other);
      assertTrue(e.getMessage().startsWith("member " + name + " is "), e.getMessage());
    }
  }

  private static Reply parseReply(String line) throws ProtocolException {
    return Greeting.parseReply(line);
  }
}
