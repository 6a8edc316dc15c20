package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Repository;
import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The manual pages and completions that scripts/documents makes. */
@Timeout(60)
class DocumentsIT {
  private static final Pattern OPTION = Pattern.compile("(?m)^  (?:-.*?)?(--[a-z-]+)");

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

  /** The long options that the help tells of. */
  private static TreeSet<String> options() {
    TreeSet<String> options = new TreeSet<>();
    OPTION.matcher(Usage.text()).results().forEach(option -> options.add(option.group(1)));
    assertTrue(options.containsAll(List.of("--algo", "--force", "--help")), options.toString());
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
    assertEquals(6, pages().size());
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
  void everyOptionIsInThePage() throws IOException {
    String page = Files.readString(share.resolve("man/man1/iblocksync.1"));
    for (String option : options()) {
      assertTrue(page.contains("\\fB" + option.replace("-", "\\-") + "\\fR"), option);
    }
  }

  @Test
  void bashOffersEveryOption() throws IOException {
    assertEquals(List.copyOf(options()), bashOffers("--"));
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
    String offered = fishOffers("--");
    for (String option : options()) {
      assertTrue(offered.contains("\n" + option + "\t"), option);
    }
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
    for (String option : options()) {
      Pattern spec = Pattern.compile("\n(\\([^)]*\\)|\\*)?" + option + "=?\\[");
      assertTrue(spec.matcher(told).find(), option + " is not in" + told);
    }
    assertTrue(completion("zsh/site-functions/_iblocksync").startsWith("#compdef iblocksync\n"));
  }
}
