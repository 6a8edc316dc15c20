package io.iblocksync.cli.location;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ShellWordsTest {
  private static final long SEED = System.nanoTime();

  /** The shells of this machine that someone could have as a login shell. */
  static List<String> shells() {
    return shellsAmong("sh", "dash", "bash", "zsh", "mksh", "ksh", "fish", "tcsh");
  }

  static List<String> posixShells() {
    return shellsAmong("sh", "dash", "bash");
  }

  private static List<String> shellsAmong(String... names) {
    List<String> shells = new ArrayList<>();
    for (String name : names) {
      for (String folder : System.getenv("PATH").split(":")) {
        if (Files.isExecutable(Path.of(folder, name))) {
          shells.add(folder + "/" + name);
          break;
        }
      }
    }
    return shells;
  }

  /** Returns what the shell says that the words of its command are. */
  private static List<String> words(String shell, String command)
      throws IOException, InterruptedException {
    return wordsOf(output(shell, "printf '%s\\0' " + command));
  }

  private static List<String> wordsOf(String output) {
    List<String> words = new ArrayList<>();
    int start = 0;
    for (int end; (end = output.indexOf('\0', start)) >= 0; start = end + 1) {
      words.add(output.substring(start, end));
    }
    return words;
  }

  private static String output(String shell, String command)
      throws IOException, InterruptedException {
    // Java would write the arguments of a process in the locale's characters.
    Path script = Files.createTempFile("words", ".sh");
    try {
      Files.writeString(script, command, StandardCharsets.UTF_8);
      ProcessBuilder builder =
          new ProcessBuilder("/bin/sh", "-c", "exec \"$1\" -c \"$(cat \"$2\")\"", "sh", shell, "")
              .redirectInput(Redirect.from(new File("/dev/null")))
              .redirectError(Redirect.DISCARD);
      builder.command().set(5, script.toString());
      builder.environment().put("LC_ALL", "C.UTF-8");
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return output;
    } finally {
      Files.delete(script);
    }
  }

  private static String random(Random random, String[] alphabet, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(length); i >= 0; i--) {
      text.append(alphabet[random.nextInt(alphabet.length)]);
    }
    return text.toString();
  }

  private static final String[] ODD = {
    "'", "\"", "\\", "!", "$", "`", ";", "*", " ", "~", "#", "&", "|", "(", ")", "<", ">", "?", "[",
    "]", "{", "}", ",", "=", "%", "^", "\t", "\r", "a", "n", "x41", "$HOME", "ä", "\u3000",
    "\u00a0", "\u0085", "日本"
  };

  @ParameterizedTest
  @MethodSource("shells")
  void aQuotedWordReachesAShellAsItIs(String shell) throws Exception {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    List<String> words = new ArrayList<>();
    for (char c = 1; c < 0x80; c++) {
      if (c != '\n') {
        words.add("" + c);
        words.add(c + "a");
        words.add("a" + c);
      }
    }
    // All that Unicode or some locale takes for white space, and what is more than one char.
    for (int c = 0x80; c < 0x10000; c++) {
      if (Character.isSpaceChar(c) || c < 0x100 || c == 0x180e || c == 0x200b || c == 0xfeff) {
        words.add("a" + (char) c + "b");
      }
    }
    words.add("\ud83d\ude00");
    for (int i = 0; i < 500; i++) {
      words.add(random(random, ODD, 12));
    }
    if (!shell.endsWith("csh")) {
      words.add("\n");
      words.add("a\nb");
      words.add("a\n'\n\n\"c\n");
    }
    StringBuilder command = new StringBuilder();
    for (String word : words) {
      command.append(' ').append(ShellWords.quote(word));
    }
    assertEquals(visible(words), visible(words(shell, command.toString())));
  }

  private static String visible(List<String> words) {
    StringBuilder text = new StringBuilder();
    for (String word : words) {
      word.chars().forEach(c -> text.append(c <= ' ' ? "<" + c + ">" : "" + (char) c));
      text.append('\n');
    }
    return text.toString();
  }

  /** In csh, where a newline cannot be quoted as elsewhere, the command fails, but that is all. */
  @ParameterizedTest
  @MethodSource("shells")
  void noWordRunsACommand(String shell, @TempDir Path folder) throws Exception {
    System.out.println("seed " + SEED);
    Path evil = folder.resolve("evil");
    Files.writeString(evil, "#!/bin/sh\necho ran > " + folder + "/ran\n");
    assertTrue(evil.toFile().setExecutable(true));
    String[] alphabet = {
      "\n" + evil, "\n", "\n", "'", "\"", ";", " ", "\\", "`", "$(", ")", "|", "!", "#", "" + evil
    };
    Random random = new Random(SEED);
    for (int i = 0; i < 40; i++) {
      String word = random(random, alphabet, 14);
      output(shell, "printf %s " + ShellWords.quote(word));
      assertTrue(Files.notExists(folder.resolve("ran")), word);
    }
  }

  @ParameterizedTest
  @MethodSource("posixShells")
  void aCommandIsSplitAsAShellSplitsIt(String shell) throws Exception {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    String[] alphabet = {
      "'", "'", "\"", "\"", "\\", "\\\\", "\\'", "\\\"", "\\n", " ", "  ", "\t", "\n", "a", "b",
      "-", "ä", "'c d'", "\"e f\"", "''", "\"\"", "\\ ", "\\\n"
    };
    List<List<String>> expected = new ArrayList<>();
    StringBuilder script = new StringBuilder();
    while (expected.size() < 300) {
      String command = random(random, alphabet, 10);
      try {
        expected.add(ShellWords.split(command));
      } catch (IllegalArgumentException e) {
        continue;
      }
      script.append("set -- ").append(withoutNewlines(command)).append("\n");
      script.append("printf '%s\\0' \"$#\" \"$@\"\n");
    }
    List<String> words = wordsOf(output(shell, script.toString()));
    int next = 0;
    for (List<String> each : expected) {
      int count = Integer.parseInt(words.get(next++));
      assertEquals(each, words.subList(next, next + count));
      next += count;
    }
  }

  /** Makes blanks of the newlines that would end the command, but not of those in quotes. */
  private static String withoutNewlines(String command) {
    StringBuilder result = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < command.length(); i++) {
      char c = command.charAt(i);
      if (c == '\\' && quote != '\'') {
        result.append(c).append(command.charAt(++i));
        continue;
      }
      if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
      result.append(c == '\n' && quote == 0 ? ' ' : c);
    }
    return result.toString();
  }

  @Test
  void blanksSeparateWords() {
    assertEquals(List.of("ssh", "-i", "~/.ssh/id"), ShellWords.split(" ssh  -i\t~/.ssh/id\n"));
  }

  @Test
  void nothingButBlanksHasNoWords() {
    assertEquals(List.of(), ShellWords.split(" \t\n"));
  }

  @Test
  void quotesKeepBlanks() {
    assertEquals(List.of("a b", "c d", "e f"), ShellWords.split("'a b' \"c d\" e\\ f"));
  }

  @Test
  void emptyQuotesAreAWord() {
    assertEquals(List.of("a", "", ""), ShellWords.split("a '' \"\""));
  }

  @Test
  void nothingIsExpanded() {
    assertEquals(List.of("$HOME", "*", ";", "`id`"), ShellWords.split("$HOME * ; \"`id`\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssh 'a", "ssh \"a", "ssh \"a\\\"", "'"})
  void aQuoteThatIsNotClosedIsRefused(String command) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> ShellWords.split(command)).getMessage();
    assertEquals("a quote is not closed: " + command, message);
  }

  @Test
  void aBackslashAtTheEndIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> ShellWords.split("ssh \\"));
  }

  @Test
  void aPlainWordIsNotQuoted() {
    assertEquals("/dev/vg0/snap-1_a.b:c@d+e", ShellWords.quote("/dev/vg0/snap-1_a.b:c@d+e"));
  }

  @Test
  void whatIsNotAsciiStandsInQuotes() {
    assertEquals("b'äö'ckup\\ '\u00a0'.img", ShellWords.quote("bäöckup \u00a0.img"));
  }

  @Test
  void anEmptyWordIsQuoted() {
    assertEquals("''", ShellWords.quote(""));
  }

  @ParameterizedTest
  @MethodSource("posixShells")
  void aRemoteHomeIsExpandedThere(String shell) throws Exception {
    String home = words(shell, "~").get(0);
    String root = words(shell, "~root").get(0);
    assertEquals(
        List.of(home, home + "/a b", root, root + "/$x", home + "/"),
        words(
            shell,
            String.join(
                " ",
                RemotePath.quote("~"),
                RemotePath.quote("~/a b"),
                RemotePath.quote("~root"),
                RemotePath.quote("~root/$x"),
                RemotePath.quote("~/"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"~$(id)/x", "~a b", "~;id", "~-/x", "~+", "~a'b/c", "~ä/x", "a~", "./~x"})
  void anyOtherTildeIsOneOfAName(String path) throws Exception {
    assertEquals(List.of(path), words("/bin/sh", RemotePath.quote(path)));
    assertEquals(ShellWords.quote(path), RemotePath.quote(path));
  }
}
