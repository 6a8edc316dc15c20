package io.iblocksync.cli.original;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Remotes that answer with something else than the protocol: one line shows what it was. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StrangeAnswerIT {
  private static final String HOST = "backup.example.org";

  private static final String BANNER =
      "Welcome to the machine room!\r\n"
          + "\33[1mLast login\33[0m: Mon Jan 31 23:59:59 on pts/0\7\r\n";
  private static final String TRACEBACK =
      """
      Traceback (most recent call last):
        File "/usr/bin/iblocksync-serve", line 12, in <module>
          from iblocksync.serve import main
      ModuleNotFoundError: No module named 'iblocksync'
      """;
  private static final String PAGE =
      """
      <!DOCTYPE html>
      <html lang="en"><head><title>401 Unauthorized</title></head>
      <body>Ask the administrator.</body></html>
      """;

  @TempDir Path folder;

  @BeforeEach
  void writeImage() throws IOException {
    Files.write(folder.resolve("a.img"), new byte[4096]);
  }

  @Test
  void aLoginBannerOfTheSource() throws IOException {
    Result result = fromSource(BANNER, "exit 0");
    assertShows(result, "Welcome to the machine room!", "Last login", HOST);
  }

  @Test
  void aLoginBannerOfTheTarget() throws IOException {
    Result result = fromTarget(BANNER, "exit 0");
    assertShows(result, "Welcome to the machine room!", "Last login", HOST);
  }

  @Test
  void aLoginBannerBeforeAnEndpointThatWorks() throws IOException {
    Path serve = Scripts.serve(folder, Fault.NONE);
    String arguments = " --block 1048576 --algo sha1 " + Shell.quote(folder.resolve("a.img"));
    assertShows(fromSource(BANNER, "exec " + Shell.quote(serve) + arguments), "Welcome");
  }

  @Test
  void aTracebackOfAnOldVersion() throws IOException {
    Result result = fromSource(TRACEBACK, "exit 1");
    assertShows(result, "Traceback (most recent call last):", "line 12, in <module>");
  }

  @Test
  void aWebPageOfTheTarget() throws IOException {
    Result result = fromTarget(PAGE, "exit 0");
    assertShows(result, "<!DOCTYPE html>", "401 Unauthorized");
  }

  @Test
  void whatFollowsTheFirst200BytesIsNotShown() throws IOException {
    String shown = "x".repeat(150) + " ".repeat(43) + "the end";
    Result result = fromSource(shown + "HIDDEN".repeat(50) + "\n", "exit 0");
    assertShows(result, "the end");
    assertFalse(result.errors().contains("HIDDEN"), result.description());
  }

  @Test
  void anAnswerThatNoPipeHoldsAndNoLineEnds() throws IOException {
    Result result = fromSource("first ", "head -c 4000000 /dev/zero | tr '\\0' x");
    assertShows(result, "first xxx", HOST);
  }

  @Test
  void aShellThatAnswersAndStays() throws IOException {
    assertShows(fromTarget("Password expired.\n", "exec cat >/dev/null"), "Password expired.");
  }

  @Test
  void bytesThatAreNoText() throws IOException {
    assertShows(fromSource("\200\377\0\1\2\3 binary \n", "exit 0"), "binary");
  }

  @Test
  void jsonThatIsNoImageInfo() throws IOException {
    assertShows(fromSource("{\"hello\": \"world\"}\n", "exit 0"), HOST);
    assertShows(fromSource("[1, 2, 3]\n", "exit 0"), HOST);
    assertShows(fromSource("null\n", "exit 0"), HOST);
  }

  @Test
  void noAnswerAtAll() throws IOException {
    assertShows(fromSource("", "exit 127"), HOST, "127");
    assertShows(fromTarget("", "exit 127"), HOST, "127");
  }

  /** As argparse says it, on standard error: ours is the other line, and tells what was refused. */
  @Test
  void anOriginalThatDoesNotKnowTheAlgorithm() throws IOException {
    Result result =
        refusing("echo \"usage: iblocksync-serve [OPTION]... PATH\" >&2", "exit 2").run();
    result.failed("status 2", "--block 1048576 --algo xxh128'");
    assertTrue(result.says("usage: iblocksync-serve"), result.description());
  }

  @Test
  void aReleaseOfOursThatDoesNotKnowTheAlgorithm() throws IOException {
    String serve = Shell.quote(Repository.script("iblocksync-serve"));
    Result result = refusing("exec " + serve + " --block 1048576 --algo xxh999 a.img").run();
    result.failed("iblocksync-serve: error: ", "unknown hash algorithm 'xxh999'", "'sha1'");
    result.saidNothingElse();
  }

  private Program refusing(String... commands) throws IOException {
    Path target = folder.resolve("b.img");
    return Program.iblocksync("--algo", "xxh128", folder.resolve("a.img"), target)
        .with("IBLOCKSYNC_SOURCE_EXEC", Scripts.shell(folder.resolve("refusing"), commands));
  }

  private static void assertShows(Result result, String... texts) {
    result.failed(texts).saidNothingElse();
    String line = result.error();
    for (int i = 0; i < line.length(); i++) {
      assertFalse(Character.isISOControl(line.charAt(i)), result.description());
    }
    assertTrue(line.length() < 1500, result.description());
  }

  private Result fromSource(String answer, String then) throws IOException {
    return Program.iblocksync(HOST + ":/a.img", folder.resolve("b.img"))
        .with("IBLOCKSYNC_SOURCE_RSH", remote(answer, then))
        .run();
  }

  private Result fromTarget(String answer, String then) throws IOException {
    return Program.iblocksync(folder.resolve("a.img"), HOST + ":/b.img")
        .with("IBLOCKSYNC_TARGET_RSH", remote(answer, then))
        .run();
  }

  /** A remote shell command that answers so, whatever it is asked. */
  private Path remote(String answer, String then) throws IOException {
    Path text = folder.resolve("answer");
    Files.write(text, answer.getBytes(StandardCharsets.ISO_8859_1));
    return Scripts.shell(folder.resolve("remote"), "cat " + Shell.quote(text), then);
  }
}
