package io.iblocksync.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import io.iblocksync.cli.it.Wrapper;
import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The progress of a run that stands still in the middle, on a terminal and for machines. */
@Timeout(60)
class ProgressIT {
  private static final String GREEN = "\u001b[32m";

  @TempDir Path folder;
  private Path source;
  private Path target;

  @BeforeEach
  void makeImages() throws IOException {
    Images images = new Images(folder);
    source = images.random("source.img", 2_000_000);
    target = images.random("target.img", 2_000_000);
  }

  /** The source's hashes do not get through, and without a verdict it sends nothing more. */
  private Program stuck(Program program) throws IOException {
    Path wrapper = Wrapper.ofSource(folder).stuckAfter(9_000).write();
    return program.with("IBLOCKSYNC_SOURCE_EXEC", wrapper).without("NO_COLOR");
  }

  private Program stuck(Object... options) throws IOException {
    return stuck(Program.iblocksync(options));
  }

  private static void awaitLine(Running running) throws Exception {
    Await.until("a line of progress", () -> running.output().contains("%"));
  }

  @Test
  void onATerminalTheLineIsDrawnAndRemovedBeforeTheLastWord() throws Exception {
    try (Running running = stuck("-b", "512", source, target).onTerminal("").start()) {
      awaitLine(running);
      running.type("\u0003");
      Result result = running.await().ended(130);
      String shown = result.output();
      assertTrue(shown.contains(GREEN), result.description());
      assertTrue(shown.contains("source "), result.description());
      assertTrue(shown.contains("left") || shown.contains("]"), result.description());
      String last = shown.substring(shown.lastIndexOf("\u001b[K") + 3);
      String error =
          "iblocksync: error: interrupted by a signal, the target may be incomplete;"
              + " run it again to go on";
      assertTrue(last.strip().endsWith(error), result.description());
      assertFalse(last.contains("%"), result.description());
    }
  }

  @Test
  void withNoColorThereIsNone() throws Exception {
    Program program = stuck("-b", "512", source, target).with("NO_COLOR", "1");
    try (Running running = program.onTerminal("").start()) {
      awaitLine(running);
      running.type("\u0003");
      assertFalse(running.await().ended(130).output().contains("\u001b[3"));
    }
  }

  @Test
  void aDumbTerminalGetsNoEscapeSequences() throws Exception {
    Program program = stuck("-b", "512", source, target).with("TERM", "dumb");
    try (Running running = program.onTerminal("").start()) {
      awaitLine(running);
      running.type("\u0003");
      assertFalse(running.await().ended(130).output().contains("\u001b"));
    }
  }

  @Test
  void theLineFollowsTheTerminalsWidth() throws Exception {
    Path tty = folder.resolve("tty");
    Program program =
        stuck(
            Program.shell(
                "stty cols 120; readlink /proc/self/fd/2 >\"$1\"; shift; exec \"$@\"",
                tty,
                Repository.script("iblocksync"),
                "-b",
                "512",
                source,
                target));
    try (Running running = program.with("NO_COLOR", "1").onTerminal("").start()) {
      Await.until("a wide line", () -> lastWidth(running) > 80);
      Commands.run("stty", "-F", Files.readString(tty).strip(), "cols", "50");
      Await.until("a narrow line", () -> lastWidth(running) < 50);
      running.type("\u0003");
      running.await().ended(130);
    }
  }

  /** How wide the line is that was drawn last; 0 before the first. */
  private static int lastWidth(Running running) throws IOException {
    String[] drawn = running.output().split("\r");
    for (int i = drawn.length - 1; i >= 0; i--) {
      if (drawn[i].contains("%")) {
        return drawn[i].replace("\u001b[K", "").length();
      }
    }
    return 0;
  }

  @Test
  void jsonIsALineASecondWithWhatIsKnown() throws Exception {
    try (Running running = stuck("-p", "json", "-b", "512", source, target).start()) {
      Await.until("a line", () -> running.errors().contains("\"syncing\""));
      running.signal("TERM");
      Result result = running.await().ended(143);
      JsonObject json = parsed(lastOf(result));
      assertEquals(3907, json.getObject("blocks").getInt("total"), result.description());
      assertEquals(2_000_000, json.getObject("bytes").getInt("total"), result.description());
      assertTrue(json.getObject("bytes").getInt("link") > 0, result.description());
      assertTrue(json.getObject("bytesPerSecond").has("source"), result.description());
      assertTrue(json.getDouble("seconds") > 0, result.description());
      assertTrue(json.has("secondsLeft"), result.description());
      result.error();
    }
  }

  @Test
  void jsonEndsWithALineThatSaysSo() throws Exception {
    Result result = Program.iblocksync("-p", "json", "-vv", source, target).run().ended(0);
    JsonObject last = parsed(lastOf(result));
    assertEquals("ending", last.getString("phase"));
    assertEquals(2_000_000, last.getObject("bytes").getInt("done"));
    assertEquals(2, last.getObject("blocks").getInt("changed"));
    result.counted(2, 2);
  }

  @Test
  void jsonOfARunThatDoesNotBeginHasNoFigures() throws Exception {
    Path missing = folder.resolve("missing");
    Result result = Program.iblocksync("-p", "json", missing, target).run().ended(1);
    JsonObject first =
        parsed(result.errors().lines().filter(l -> l.startsWith("{")).findFirst().get());
    assertEquals("starting", first.getString("phase"));
    assertTrue(first.getObject("bytes").isNull("total"));
    result.error();
  }

  private static String lastOf(Result result) {
    List<String> lines = result.errors().lines().filter(line -> line.startsWith("{")).toList();
    assertFalse(lines.isEmpty(), result.description());
    return lines.get(lines.size() - 1);
  }

  private static JsonObject parsed(String line) throws JsonParserException {
    return JsonParser.object().from(line);
  }
}
