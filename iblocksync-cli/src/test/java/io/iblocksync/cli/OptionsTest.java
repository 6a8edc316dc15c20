package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.location.LocationParser;
import io.iblocksync.cli.terminal.ProgressStyle;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.program.UsageException;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  private static Options parse(String... args) throws UsageException {
    return Options.of(Options.arguments("iblocksync").parse(args));
  }

  private static String error(String... args) {
    return assertThrows(UsageException.class, () -> parse(args)).getMessage();
  }

  @Test
  void theDefaultsAreThoseOfTheHelp() throws UsageException {
    assertEquals(
        new Options(
            HashAlgorithm.SHA1,
            1 << 20,
            ProgressStyle.FULL,
            false,
            false,
            false,
            false,
            0,
            Settings.NONE,
            false,
            0,
            LocationParser.parse("a"),
            LocationParser.parse("host:b")),
        parse("a", "host:b"));
  }

  @Test
  void aTargetInUseIsForcedOnlyByItsOwnOption() throws UsageException {
    for (String option : new String[] {"--force-in-use", "--force-i"}) {
      Options options = parse(option, "a", "b");
      assertTrue(options.settings().flag(Setting.FORCE_IN_USE));
      assertFalse(options.force());
    }
    for (String option : new String[] {"--force", "--forc", "-f"}) {
      Options options = parse(option, "a", "b");
      assertFalse(options.settings().flag(Setting.FORCE_IN_USE));
      assertTrue(options.force());
    }
  }

  @Test
  void nothingOverSomethingAndTheRestHaveOptionsOfTheirOwn() throws UsageException {
    Options options = parse("--force-empty", "--keep-rest", "a", "b");
    assertTrue(options.forceEmpty());
    assertTrue(options.settings().flag(Setting.KEEP_REST));
    assertFalse(options.force());
    assertFalse(parse("-f", "a", "b").forceEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-a md5 -b 4K -p dot --json -f -v -v a b",
        "a -vvf b --json -p=dot -b4K -amd5",
        "--algo md5 --block 4K --progress dot --force --json --verbose --verbose a b",
        "--algo=md5 --block=4K --progress=dot --force --verbose -v --json -- a b",
        "a b --al=md5 --bl 4k --prog dot --js --forc --verb --verb"
      })
  void everyOptionHasManySpellings(String args) throws UsageException {
    assertEquals(
        new Options(
            HashAlgorithm.MD5,
            4096,
            ProgressStyle.DOT,
            true,
            true,
            false,
            false,
            2,
            Settings.NONE,
            false,
            0,
            LocationParser.parse("a"),
            LocationParser.parse("b")),
        parse(args.split(" ")));
  }

  @Test
  void aTimeoutIsAWholeNumberOfSecondsAndZeroMeansNone() throws UsageException {
    assertEquals(7, parse("--timeout", "7", "a", "b").settings().number(Setting.TIMEOUT));
    assertEquals(0, parse("a", "b").settings().number(Setting.TIMEOUT));
    long none = parse("--timeout=0", "a", "b").settings().number(Setting.TIMEOUT);
    assertTrue(none >= 1_000_000_000, "is " + none);
    for (String wrong : List.of("", "-1", "1.5", "5m", "1234567890", "\u0663")) {
      assertEquals(
          "invalid timeout '" + wrong + "' (a whole number of seconds, 0 for none)",
          error("--timeout=" + wrong, "a", "b"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyAlgorithmIsFoundByItsName(HashAlgorithm algorithm) throws UsageException {
    assertEquals(algorithm, parse("-a", algorithm.label(), "a", "b").algorithm());
  }

  @ParameterizedTest
  @EnumSource
  void everyStyleOfProgressIsFoundByItsName(ProgressStyle style) throws UsageException {
    String name = style.name().toLowerCase(java.util.Locale.ROOT);
    assertEquals(style, parse("-p", name, "a", "b").progress());
  }

  @Test
  void anUnknownStyleOfProgressIsRefused() {
    assertEquals(
        "unknown progress bar style 'Full' (supported are 'none', 'dot', 'full' and 'json')",
        error("-p", "Full", "a", "b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "x", "2G", ""})
  void aBlockSizeThatIsNoneIsNamed(String size) {
    assertEquals("invalid block size '" + size + "'", error("-b", size, "a", "b").split(": ")[0]);
  }

  @Test
  void aLocationThatIsNoneIsNamed() {
    assertEquals("'-x:y': the host begins with a dash", error("--", "-x:y", "b"));
    assertEquals("'ssh://h': the path is missing", error("a", "ssh://h"));
  }

  @Test
  void jsonIsAlsoFoundInACommandLineThatIsWrong() {
    assertTrue(Options.asksForJson(new String[] {"--nonsense", "--json"}));
    assertTrue(Options.asksForJson(new String[] {"--j", "a", "b", "c"}));
    assertFalse(Options.asksForJson(new String[] {"a", "--", "--json"}));
    assertFalse(Options.asksForJson(new String[] {"--", "-"}));
    assertFalse(Options.asksForJson(new String[] {"--jsons"}));
  }

  @Test
  void exactlyTwoImagesAreNeeded() {
    assertEquals("SOURCE and TARGET are missing; try 'iblocksync --help'", error());
    assertEquals("TARGET is missing; try 'iblocksync --help'", error("a"));
    assertEquals(
        "unexpected argument 'c' after TARGET; try 'iblocksync --help'", error("a", "b", "c"));
  }

  @Test
  void theRateTakesTheSuffixesOfTheBlockSizeAndMayBeLarger() throws UsageException {
    assertEquals(0, parse("a", "b").bwlimit());
    assertEquals(2_500_000, parse("--bwlimit", "2.5MB", "a", "b").bwlimit());
    assertEquals(8L << 30, parse("--bwlimit=8g", "a", "b").bwlimit());
    assertEquals("invalid rate '0': must be at least 1 byte", error("--bwlimit", "0", "a", "b"));
    assertEquals("invalid rate '2T': must be at most 1T", error("--bwlimit", "2T", "a", "b"));
  }
}
