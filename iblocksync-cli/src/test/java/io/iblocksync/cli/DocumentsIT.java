package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manual pages and completions, as scripts/documents installs them. */
@Timeout(60)
class DocumentsIT {
  /** The beginning of an entry about options, such as "-a HASH_ALGO, --algo HASH_ALGO". */
  private static final Pattern ENTRY = Pattern.compile("(?m)^  (-.*?)(?:  .*)?$");

  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?[a-z][a-z-]*");

  @TempDir static Path share;

  @BeforeAll
  static void makeDocuments() throws IOException {
    assertEquals("", Commands.run(Repository.script("documents").toString(), share.toString()));
  }

  private static List<Path> pages() throws IOException {
    try (var files = Files.walk(share.resolve("man"))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static String completion(String name) throws IOException {
    return Files.readString(share.resolve(name));
  }

  /** All options that a help lists, short and long. */
  private static TreeSet<String> options(String help) {
    TreeSet<String> options = new TreeSet<>();
    for (MatchResult entry : ENTRY.matcher(help).results().toList()) {
      OPTION.matcher(entry.group(1)).results().forEach(option -> options.add(option.group()));
    }
    assertTrue(options.containsAll(List.of("-a", "--algo", "--help")), options.toString());
    return options;
  }

  private static TreeSet<String> options() {
    return options(Usage.text());
  }

  private static TreeSet<String> longOptions() {
    TreeSet<String> options = options();
    options.removeIf(option -> !option.startsWith("--"));
    return options;
  }

  private static String page(String name) throws IOException {
    return Files.readString(share.resolve("man/man1/" + name + ".1"));
  }

  /** The options that have an entry of their own in a manual page. */
  private static TreeSet<String> optionsInPage(String name) throws IOException {
    TreeSet<String> options = new TreeSet<>();
    Matcher entry = Pattern.compile("(?m)^\\.TP\n(\\\\fB\\\\-.*)$").matcher(page(name));
    while (entry.find()) {
      String text = entry.group(1).replace("\\-", "-").replaceAll("\\\\f[BIR]", " ");
      OPTION.matcher(text).results().forEach(option -> options.add(option.group()));
    }
    return options;
  }

  /** What bash offers for the last of these words. */
  private static List<String> bashOffers(String... words) throws IOException {
    String script =
        "source \"$1\"; shift; COMP_WORDS=(iblocksync \"$@\"); COMP_CWORD=$#\n"
            + "_iblocksync; ((${#COMPREPLY[@]} == 0)) || printf '%s\\n' \"${COMPREPLY[@]}\"";
    String[] command = new String[5 + words.length];
    command[0] = "bash";
    command[1] = "-c";
    command[2] = script;
    command[3] = "bash";
    command[4] = share + "/bash-completion/completions/iblocksync";
    System.arraycopy(words, 0, command, 5, words.length);
    return Commands.run(command).lines().sorted().toList();
  }

  @Test
  void thePagesAreFreeOfWhatMandocFinds() throws IOException {
    assertEquals(5, pages().size());
    for (Path page : pages()) {
      assertEquals("", Commands.run("mandoc", "-T", "lint", "-W", "warning", page.toString()));
    }
  }

  @Test
  void thePagesAreFreeOfWhatGroffFinds() throws IOException {
    for (Path page : pages()) {
      assertEquals(
          "", Commands.run("groff", "-man", "-t", "-ww", "-z", "-T", "utf8", page.toString()));
    }
  }

  @Test
  void noMarkIsLeftInAPage() throws IOException {
    Pattern mark = Pattern.compile("(?m)@[A-Za-z]+@|^$|\\*\\*|`");
    for (Path page : pages()) {
      assertFalse(mark.matcher(Files.readString(page)).find(), page.toString());
    }
  }

  @Test
  void theHelpAndTheManualPageHaveTheSameOptions() throws IOException {
    assertEquals(options(), optionsInPage("iblocksync"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"iblocksync-serve", "iblocksync-receive"})
  void theHelpAndTheManualPageOfAnEndpointHaveTheSameOptions(String name) throws IOException {
    String help = Program.script(name, "--help").run().ended(0).output();
    assertEquals(options(help), optionsInPage(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"iblocksync-serve", "iblocksync-receive"})
  void thePagesAndTheHelpOfTheWrappersForLvmHaveTheSameVariables(String name) throws IOException {
    TreeSet<String> documented = new TreeSet<>();
    Pattern.compile("\n\\.TP\n\\.B (IBLOCKSYNC_[A-Z_]+)")
        .matcher(page(name + "-lvm"))
        .results()
        .forEach(match -> documented.add(match.group(1)));
    String help = Program.script(name + "-lvm", "--help").run().ended(0).output();
    TreeSet<String> told = new TreeSet<>();
    Pattern.compile("\n  (IBLOCKSYNC_[A-Z_]+)")
        .matcher(help)
        .results()
        .forEach(match -> told.add(match.group(1)));
    assertEquals(told, documented);
    assertTrue(page("iblocksync").contains(".BR " + name.replace("-", "\\-") + "\\-lvm (1)"));
    assertTrue(page(name).contains(".BR " + name.replace("-", "\\-") + "\\-lvm (1)"));
  }

  @Test
  void everyHashAlgorithmIsInThePage() throws IOException {
    for (HashAlgorithm algorithm : HashAlgorithm.values()) {
      assertTrue(page("iblocksync").contains(" " + algorithm.label()), algorithm.label());
    }
  }

  /** What DIAGNOSTICS explains is what the programs say. */
  @Test
  void theMessagesInThePageAreThoseOfThePrograms() throws IOException {
    StringBuilder sources = new StringBuilder();
    try (Stream<Path> files = Files.walk(Repository.scripts().getParent(), 12)) {
      for (Path file : files.filter(DocumentsIT::speaks).toList()) {
        // A text that the formatter has broken is one text.
        sources.append(Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", ""));
      }
    }
    String page = page("iblocksync");
    page = page.substring(page.indexOf("\n.SH DIAGNOSTICS\n"), page.indexOf("\n.SH SEE ALSO\n"));
    Matcher term = Pattern.compile("\n\\.TP\n\\.BR? (.*)").matcher(page);
    int count = 0;
    while (term.find()) {
      for (String text : term.group(1).replaceAll("\" \\(.*", "").split("\" \", \" \"|\" \"")) {
        String message = text.replace("\\-", "-").replace("\"", "");
        assertTrue(says(sources, message), "no program says: " + message);
        count++;
      }
    }
    assertTrue(count > 20, "found only " + count);
  }

  private static boolean says(StringBuilder sources, String message) {
    return sources.indexOf(message) >= 0
        || message.startsWith("is ") && sources.indexOf("\"" + message.substring(3)) >= 0;
  }

  private static boolean speaks(Path file) {
    String path = file.toString();
    return path.contains("/src/main/java/") && path.endsWith(".java")
        || path.endsWith("/scripts/lib/launch.sh");
  }

  @Test
  void bashOffersEveryOption() throws IOException {
    assertEquals(List.copyOf(longOptions()), bashOffers("--"));
    assertEquals(options(), new TreeSet<>(bashOffers("-")));
  }

  @Test
  void bashOffersTheValuesOfAnOption() throws IOException {
    assertEquals(List.of("sha384"), bashOffers("--algo", "sha38"));
    assertEquals(List.of("sha384"), bashOffers("-a", "sha38"));
    assertEquals(List.of("sha384"), bashOffers("--algo", "=", "sha38"));
    assertEquals(13, bashOffers("--algo", "=").size());
    assertEquals(List.of(), bashOffers("--block", ""));
  }

  @Test
  void bashOffersFilesOfThisMachineOnly() throws IOException {
    assertEquals(List.of(share + "/man"), bashOffers("-f", share + "/m"));
    assertEquals(List.of(), bashOffers("root@db", ":", share + "/m"));
  }

  @Test
  void theCompletionForBashIsFreeOfWhatShellcheckFinds() throws IOException {
    String file = share + "/bash-completion/completions/iblocksync";
    assertEquals("", Commands.run("shellcheck", "-s", "bash", file));
  }

  @Test
  void fishOffersEveryOption() throws IOException {
    TreeSet<String> offered = new TreeSet<>();
    Pattern.compile("(?m)^(-[a-z-]+)\t")
        .matcher(fishOffers("-"))
        .results()
        .forEach(option -> offered.add(option.group(1)));
    assertEquals(options(), offered);
    assertTrue(fishOffers("--dry").contains("\tCompare only: write and create nothing"));
  }

  @Test
  void fishOffersTheValuesOfAnOption() throws IOException {
    assertTrue(fishOffers("--algo sha38").startsWith("\nsha384\t"));
  }

  private static String fishOffers(String words) throws IOException {
    Commands.needTool("fish");
    String file = share + "/fish/vendor_completions.d/iblocksync.fish";
    String script = "source " + file + "; complete -C 'iblocksync " + words + "'";
    return "\n" + Commands.run("env", "HOME=" + share, "fish", "--no-config", "-c", script);
  }

  @Test
  void zshIsToldOfEveryOption() throws IOException {
    String file = share + "/zsh/site-functions/_iblocksync";
    String script = "_arguments() { printf '%s\\n' \"$@\"; }; source " + file;
    String told = "\n" + Commands.run("zsh", "-f", "-c", script);
    TreeSet<String> known = new TreeSet<>();
    Pattern.compile("\n(?:\\([^)]*\\)|\\*)?(--?[a-z-]+)[=+]?\\[")
        .matcher(told)
        .results()
        .forEach(option -> known.add(option.group(1)));
    assertEquals(options(), known);
    assertTrue(told.contains("[compare only\\: write and create nothing]"), told);
    assertTrue(completion("zsh/site-functions/_iblocksync").startsWith("#compdef iblocksync\n"));
  }
}
