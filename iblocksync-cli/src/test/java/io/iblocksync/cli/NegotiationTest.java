package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.relay.Role;
import io.iblocksync.protocol.Features;
import io.iblocksync.protocol.Greeting.Choice;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Greeting.Offer;
import io.iblocksync.protocol.ImageDetails;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is chosen from two offers and the options, as tables. */
class NegotiationTest {
  private static final long SIZE = 10 << 20;

  private int salts;

  /** An endpoint by a short name: the original, an early release of ours, or what this one has. */
  private static ImageInfo image(String name, long size) {
    Offer offer =
        switch (name) {
          case "1.0.1" -> null;
          case "future" -> new Offer("f", List.of(1, 2, 3), List.of("zstd", "pieces", "magic"));
          case "only 1" -> new Offer("o", List.of(1), Features.ALL);
          case "bare" -> new Offer("b", List.of(1, 2), List.of());
          case "no zstd" -> new Offer("n", List.of(1, 2), List.of(Features.PIECES));
          default -> new Offer("iblocksync-x 2", List.of(1, 2), Features.ALL);
        };
    return new ImageInfo(1 << 20, "sha1", "/" + name, size, "", offer);
  }

  private static Options options(String line, String source, String target) throws Exception {
    List<String> words = new ArrayList<>(Arrays.asList(line.split(" ")));
    words.removeIf(String::isEmpty);
    words.add(source);
    words.add(target);
    return Options.of(Options.arguments("iblocksync").parse(words.toArray(new String[0])));
  }

  private String salt() {
    return "5a17" + salts++;
  }

  private Negotiation negotiate(ImageInfo source, ImageInfo target, Options options)
      throws DeclinedException {
    return new Negotiation(source, target, options, false, this::salt);
  }

  private Negotiation ours(String line, String source, String target) throws Exception {
    return negotiate(image("ours", SIZE), image("ours", SIZE), options(line, source, target));
  }

  private static Settings settings(Negotiation chosen, Role role) {
    return chosen.replyTo(role).choice().settings();
  }

  @ParameterizedTest
  @CsvSource({
    "ours, ours, 2",
    "ours, bare, 2",
    "future, ours, 2",
    "1.0.1, ours, 1",
    "ours, 1.0.1, 1",
    "1.0.1, 1.0.1, 1",
    "only 1, ours, 1",
    "ours, only 1, 1"
  })
  void theHighestProtocolIsSpokenThatBothSidesKnow(String source, String target, int protocol)
      throws Exception {
    Negotiation chosen =
        negotiate(image(source, SIZE), image(target, SIZE), options("", "a", "h:b"));
    assertEquals(protocol, chosen.protocol());
    for (Role role : Role.values()) {
      String name = role == Role.SOURCE ? source : target;
      Choice choice = chosen.replyTo(role).choice();
      if (name.equals("1.0.1")) {
        assertNull(choice);
      } else {
        assertEquals(protocol, choice.protocol());
        assertTrue(choice.program().startsWith("iblocksync "), choice.program());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    // options, source's location, target's, both offers, the features in use
    "'', a, b, ours, ours, ''",
    "'', h:a, b, ours, ours, pieces",
    "'', a, h:b, ours, ours, pieces",
    "-z, a, h:b, ours, ours, zstd pieces",
    "-z, h:a, h:b, future, ours, zstd pieces",
    "-z, a, b, ours, ours, ''",
    "-z, a, h:b, ours, bare, ''",
    "-z, a, h:b, ours, no zstd, pieces",
    "-z, a, h:b, no zstd, ours, pieces",
    "-z, a, h:b, ours, 1.0.1, ''",
    "-z, a, h:b, ours, only 1, ''",
    "-z -b 16384, a, h:b, ours, ours, zstd",
    "-z -b 16385, a, h:b, ours, ours, zstd pieces",
    "-z -n, a, h:b, ours, ours, ''"
  })
  void aFeatureIsUsedWhereBothSidesOfferItAndItIsOfUse(
      String line, String from, String to, String source, String target, String features)
      throws Exception {
    Negotiation chosen =
        negotiate(image(source, SIZE), image(target, SIZE), options(line, from, to));
    assertEquals(features, String.join(" ", chosen.features()));
    assertEquals(features, String.join(" ", chosen.replyTo(Role.SOURCE).choice().features()));
    assertEquals(features.contains("pieces"), chosen.pieces());
  }

  @Test
  void bothSidesGetTheSameSaltIfTheyNeedOne() throws Exception {
    Negotiation chosen = ours("", "a", "h:b");
    assertEquals("5a170", settings(chosen, Role.SOURCE).text(Setting.SALT));
    assertEquals("5a170", settings(chosen, Role.TARGET).text(Setting.SALT));
    assertEquals("", settings(ours("", "a", "b"), Role.SOURCE).text(Setting.SALT));
    assertEquals(1, salts);
  }

  @Test
  void eachSideGetsTheOtherOnesImage() throws Exception {
    ImageInfo source = image("ours", SIZE);
    ImageInfo target = image("bare", SIZE);
    Negotiation chosen = negotiate(source, target, options("-vvv", "a", "b"));
    assertEquals(target, chosen.replyTo(Role.SOURCE).other());
    assertEquals(source, chosen.replyTo(Role.TARGET).other());
    assertEquals(2, chosen.replyTo(Role.TARGET).choice().verbosity());
  }

  @ParameterizedTest
  @CsvSource({
    // options, protocol 2's timeout, protocol 1's
    "'', 300, 0",
    "--timeout 7, 7, 7",
    "--timeout 0, 1000000000, 1000000000"
  })
  void theTimeoutIsPresetOnlyWhereThereAreSignsOfLife(String line, long two, long one)
      throws Exception {
    Options options = options(line, "a", "b");
    Negotiation chosen = negotiate(image("ours", SIZE), image("ours", SIZE), options);
    assertEquals(two, chosen.settings().number(Setting.TIMEOUT));
    assertEquals(two, settings(chosen, Role.TARGET).number(Setting.TIMEOUT));
    assertEquals(two, Negotiation.startTimeout(options));
    Negotiation original = negotiate(image("ours", SIZE), image("1.0.1", SIZE), options);
    assertEquals(one, original.settings().number(Setting.TIMEOUT));
    assertEquals(one, settings(original, Role.SOURCE).number(Setting.TIMEOUT));
  }

  @Test
  void aLimitIsForTheSidesOnOtherMachines() throws Exception {
    Negotiation chosen = ours("--bwlimit 1000", "a", "h:b");
    assertEquals(0, settings(chosen, Role.SOURCE).number(Setting.BWLIMIT));
    assertEquals(1000, settings(chosen, Role.TARGET).number(Setting.BWLIMIT));
  }

  @ParameterizedTest
  @CsvSource({
    // options, the target's size, whether it gets the setting
    "--keep-rest, 99, true",
    "--keep-rest, 10, false",
    "--keep-rest, 9, false",
    "'', 99, false"
  })
  void onlyALargerTargetIsAskedToKeepItsRest(String line, long size, boolean asked)
      throws Exception {
    Negotiation chosen = negotiate(image("ours", 10), image("ours", size), options(line, "a", "b"));
    assertEquals(asked, settings(chosen, Role.TARGET).flag(Setting.KEEP_REST));
    assertTrue(!settings(chosen, Role.SOURCE).flag(Setting.KEEP_REST));
  }

  @Test
  void onlyTheSourceCountsWhatATargetWithLittleSpaceCanHold() throws Exception {
    ImageDetails details = new ImageDetails(false, null, 5, -1, 3, false, null);
    ImageInfo source = image("ours", 10);
    source =
        new ImageInfo(
            1 << 20,
            "sha1",
            "/s",
            10,
            "",
            source.offer(),
            new ImageDetails(false, null, -1, 10, -1, false, null));
    ImageInfo target = new ImageInfo(1 << 20, "sha1", "/t", 3, "", source.offer(), details);
    Negotiation chosen = negotiate(source, target, options("", "a", "b"));
    assertEquals(8, settings(chosen, Role.SOURCE).number(Setting.MAX_DATA));
    assertEquals(0, settings(chosen, Role.TARGET).number(Setting.MAX_DATA));
  }

  @ParameterizedTest
  @CsvSource({
    "--dry-run, 1.0.1, ours, --dry-run needs iblocksync 2 for the source",
    "--dry-run, ours, 1.0.1, --dry-run needs iblocksync 2 for the target",
    "--verify, 1.0.1, 1.0.1, --verify needs iblocksync 2 for the source",
    "--verify, ours, only 1, --verify needs iblocksync 2 for the target"
  })
  void whatProtocol1CannotDoIsDeclined(String line, String source, String target, String expected)
      throws Exception {
    Options options = options(line, "a", "b");
    DeclinedException e =
        assertThrows(
            DeclinedException.class,
            () -> negotiate(image(source, SIZE), image(target, SIZE), options));
    assertEquals(expected + "; it has 1.0.1", e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // options | source | target | the warnings
        "|ours|ours|",
        "-z|ours|ours|",
        "-z|ours|bare|nothing is compressed: iblocksync-receive at h:b cannot load its library"
            + " libzstd-jni.so",
        "-z|1.0.1|no zstd|nothing is compressed: iblocksync 1.0.1 at a cannot do it,"
            + " iblocksync-receive at h:b cannot load its library libzstd-jni.so",
        "--bwlimit 9|ours|1.0.1|h:b: iblocksync 1.0.1 there keeps no --bwlimit for what it sends",
        "--bwlimit 9|1.0.1|ours|",
        "--sparse --discard|ours|1.0.1|h:b: iblocksync 1.0.1 there writes zeros, whatever --sparse"
            + " says; h:b: iblocksync 1.0.1 there writes zeros, whatever --discard says",
        "--sparse --discard|1.0.1|ours|"
      })
  void theUserIsWarnedOfWhatCannotBeDone(String line, String source, String target, String warnings)
      throws Exception {
    Options options = options(line == null ? "" : line, "a", "h:b");
    Negotiation chosen = negotiate(image(source, SIZE), image(target, SIZE), options);
    assertEquals(warnings == null ? "" : warnings, String.join("; ", chosen.warnings()));
    assertEquals(List.of(), chosen.remarks());
  }

  @Test
  void thatThereIsNothingToCompressIsOnlyRemarked() throws Exception {
    Negotiation chosen = ours("-z", "a", "b");
    assertEquals(
        List.of("nothing is compressed: both images are on this machine"), chosen.remarks());
    assertEquals(List.of(), chosen.warnings());
  }

  @Test
  void aWeakAlgorithmIsWarnedOfUnlessBytesAreCompared() throws Exception {
    Options options = options("-a crc32", "a", "b");
    ImageInfo image = image("ours", SIZE);
    assertEquals(1, negotiate(image, image, options).warnings().size());
    Negotiation chosen = new Negotiation(image, image, options, true, this::salt);
    assertEquals(List.of(), chosen.warnings());
  }
}
