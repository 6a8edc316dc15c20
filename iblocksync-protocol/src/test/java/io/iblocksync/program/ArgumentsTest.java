package io.iblocksync.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.JavaProcess;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
  private static Arguments declared() {
    return new Arguments("prog")
        .value("-b", "--block")
        .flag("-f", "--force")
        .flag("-v", "--verbose");
  }

  private static Arguments parse(String... args) throws UsageException {
    return declared().parse(args);
  }

  private static List<String> operands(String... args) throws UsageException {
    return parse(args).operands("ONE", "TWO");
  }

  private static String error(String... args) {
    return assertThrows(UsageException.class, () -> operands(args)).getMessage();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-b 4K", "-b4K", "-b=4K", "--block 4K", "--block=4K", "--bl 4K"})
  void aValueCanBeGivenInManyWays(String args) throws UsageException {
    assertEquals("4K", parse(args.split(" ")).get("--block"));
  }

  @Test
  void theLastValueCounts() throws UsageException {
    assertEquals("2", parse("-b", "1", "--block=2").get("--block"));
  }

  @Test
  void anOptionThatIsNotGivenHasNoValue() throws UsageException {
    assertNull(parse().get("--block"));
    assertEquals(0, parse().count("--force"));
  }

  @Test
  void aValueMayBeginWithADash() throws UsageException {
    assertEquals("-5", parse("-b", "-5").get("--block"));
  }

  @Test
  void aValueMayBeEmpty() throws UsageException {
    assertEquals("", parse("--block=").get("--block"));
    assertEquals("", parse("-b", "").get("--block"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-vvv", "-v -v --verbose", "-vv --verb", "-vfvv", "-vvvb1"})
  void flagsAreCounted(String args) throws UsageException {
    assertEquals(3, parse(args.split(" ")).count("--verbose"));
  }

  @Test
  void optionsMayFollowTheOperands() throws UsageException {
    Arguments arguments = parse("a", "-f", "b", "-b", "1");
    assertEquals(List.of("a", "b"), arguments.operands("ONE", "TWO"));
    assertEquals(1, arguments.count("--force"));
    assertEquals("1", arguments.get("--block"));
  }

  @Test
  void afterTwoDashesAllAreOperands() throws UsageException {
    assertEquals(List.of("-f", "--"), operands("--", "-f", "--"));
    assertEquals(List.of("--forc", "--help=1"), operands("--", "--forc", "--help=1"));
  }

  @ParameterizedTest
  @CsvSource({"@a,@b", "-,b", "a b,'c'", "$a,${b}", "\"a\",'b,c'", "~/a,*", "\\,a\\", "a=b,=c"})
  void operandsArriveAsTheyAre(String one, String two) throws UsageException {
    assertEquals(List.of(one, two), operands(one, two));
  }

  @Test
  void helpAndVersionAreFoundWithoutOperands() throws UsageException {
    assertTrue(parse("--help").help());
    assertTrue(parse("-h").help());
    assertTrue(parse("-f", "--version").version());
    assertFalse(parse("-f").help());
    assertFalse(parse("-f").version());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--bogus", "-x", "-H", "---", "--b4K"})
  void anUnknownOptionIsNamed(String option) {
    assertEquals("unknown option '" + option + "'; try 'prog --help'", error("a", option, "b"));
  }

  @ParameterizedTest
  @CsvSource({
    "--blocks, --block",
    "--blok, --block",
    "--verbsoe=1, --verbose",
    "--Force, --force",
    "--hepl, --help"
  })
  void whatIsNearlyAnOptionNamesIt(String typed, String meant) {
    assertEquals(
        "unknown option '" + typed + "'; did you mean '" + meant + "'?", error("a", typed, "b"));
  }

  @Test
  void anUnknownOptionInAClusterIsNamed() {
    assertEquals("unknown option '-x'; try 'prog --help'", error("-vx", "a", "b"));
  }

  @Test
  void anAbbreviationThatCanMeanTwoOptionsIsRefused() {
    assertEquals("the option '--ver' is ambiguous: '--version' or '--verbose'?", error("--ver"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-b", "--block", "a b -b", "-b -f a b", "-vb", "--block --help"})
  void aMissingValueIsNamed(String args) {
    assertEquals("the option '--block' needs a value", error(args.split(" ")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--force=yes", "--force=", "--forc=true", "-f=yes"})
  void aFlagTakesNoValue(String arg) {
    assertEquals("the option '--force' takes no value", error(arg, "a", "b"));
  }

  @Test
  void missingOperandsAreNamed() {
    assertEquals("ONE and TWO are missing; try 'prog --help'", error());
    assertEquals("TWO is missing; try 'prog --help'", error("a"));
  }

  @Test
  void anOperandTooManyIsNamed() {
    assertEquals("unexpected argument 'c' after TWO; try 'prog --help'", error("a", "b", "c", "d"));
  }

  @Test
  void anEmptyOperandIsNamed() {
    assertEquals("ONE is empty", error("", "b"));
    assertEquals("TWO is empty", error("a", ""));
  }

  @Test
  void anArgumentThatWasNotUtf8IsRefused() {
    assertEquals("the argument 'b\uFFFDck' is not valid UTF-8", error("a", "b\uFFFDck"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "-b 1 a b",
        "--block 4096 --block 1M a b",
        "a -v b --verbose -f",
        "--help",
        "--version -v",
        "a b c"
      })
  void plainArgumentsAreReadAsPicocliReadsThem(String args) throws UsageException {
    Arguments plain = parse(args.split(" "));
    Arguments full = declared();
    full.parseFully(args.split(" "));
    assertEquals(full.get("-b"), plain.get("-b"));
    for (String flag : List.of("--force", "--verbose")) {
      assertEquals(full.count(flag), plain.count(flag));
    }
    assertEquals(full.help(), plain.help());
    assertEquals(full.version(), plain.version());
    assertEquals(outcome(full), outcome(plain));
  }

  private static String outcome(Arguments arguments) {
    try {
      return arguments.operands("ONE", "TWO").toString();
    } catch (UsageException e) {
      return e.getMessage();
    }
  }

  @Test
  void plainArgumentsNeedNoPicocli() throws IOException {
    // It would fail: picocli is not on the class path.
    assertEquals("1M [a, b]", JavaProcess.run(List.of(Plain.class, Arguments.class)));
  }

  /** Reads a plain command line. */
  static final class Plain {
    public static void main(String[] args) throws UsageException {
      Arguments arguments = parse("--block", "1M", "-v", "a", "b");
      System.out.println(arguments.get("--block") + " " + arguments.operands("ONE", "TWO"));
    }
  }
}
