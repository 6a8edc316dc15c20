package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.TwoImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run says: the summary, the progress, the log. */
@Timeout(60)
class OutputIT extends TwoImages {
  private static final Pattern LOG_LINE =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}: (WARNING:|INFO|DEBUG) .+");

  OutputIT() {
    super(600_000);
  }

  @BeforeEach
  void changeSomeBlocks() throws IOException {
    makeChangedTarget(1000, 1, 200, 599);
  }

  @Test
  void theSummaryIsOneLineWithTheTargetBlocksBytesAndTime() throws IOException {
    Result result = Program.iblocksync("-b", "1000", source, target).run().succeeded();
    assertTrue(
        result
            .output()
            .matches(target.getFileName() + ": 3 of 600 blocks updated \\(3\\.0 kB\\) in .+ s\n"),
        result.description());
  }

  @Test
  void withoutATerminalThereIsNoProgressUnlessDotsAreAskedFor() throws IOException {
    Program.iblocksync("-p", "full", "-b", "1000", source, target).run().succeeded();
    Program.iblocksync("-p", "none", "-b", "1000", source, target).run().succeeded();
    Result dots = Program.iblocksync("-p", "dot", "-b", "1000", source, target).run().ended(0);
    assertTrue(dots.errors().matches("\\.+\n"), dots.description());
    dots.counted(600, 0);
  }

  @Test
  void onATerminalTheSummaryIsAllThatStaysOfTheProgress() throws IOException {
    Result full = Program.iblocksync("-b", "1000", source, target).onTerminal("").run().ended(0);
    List<String> lines = full.output().strip().replace("\r\n", "\n").lines().toList();
    assertTrue(
        lines.get(lines.size() - 1).contains(": 3 of 600 blocks updated"), full.description());
    Result none =
        Program.iblocksync("-pnone", "-b1000", source, target).onTerminal("").run().ended(0);
    assertEquals(1, none.output().strip().lines().count(), none.description());
    Result debug =
        Program.iblocksync("-vv", "-b1000", source, target).onTerminal("").run().ended(0);
    assertFalse(debug.output().replace("\r\n", "\n").contains("\r"), debug.description());
  }

  @Test
  void verboseRunsLogLinesWithTimeAndLevelUnderEachProgramsName() throws IOException {
    Result info = Program.iblocksync("-v", "-b", "1000", source, target).run().ended(0);
    info.counted(600, 3);
    assertLog(info, "INFO");
    Images.write(target, new byte[100]);
    Result debug = Program.iblocksync("-v", "-v", "-b", "1000", source, target).run().ended(0);
    assertLog(debug, "DEBUG");
    assertTrue(debug.errors().contains("iblocksync-serve: "), debug.description());
    assertTrue(debug.errors().contains("iblocksync-receive: "), debug.description());
  }

  private static void assertLog(Result result, String level) {
    for (String line : result.errors().lines().toList()) {
      assertTrue(LOG_LINE.matcher(line).matches(), line);
    }
    assertTrue(result.errors().contains(": " + level + " "), result.description());
  }

  @Test
  void aStackTraceIsShownAtDebugVerbosityOnly() throws IOException {
    Path missing = folder.resolve("missing");
    Program.iblocksync("-v", missing, target).run().failed(missing.toString());
    Result debug = Program.iblocksync("-vv", missing, target).run().ended(1);
    assertTrue(debug.errors().contains("iblocksync-serve: error: "), debug.description());
    assertTrue(debug.errors().contains("\tat "), debug.description());
  }

  /** Whoever named a file may have had this terminal in mind. */
  @ParameterizedTest
  @ValueSource(strings = {"", "-v", "-vv", "--json"})
  void namesAreWrittenWithoutControlCharacters(String option) throws IOException {
    Path evil = folder.resolve("a\nb\033[31m\u009b");
    List<Object> arguments = new ArrayList<>(List.of("-b1000", evil, target));
    if (!option.isEmpty()) {
      arguments.add(0, option);
    }
    Result missing = Program.iblocksync(arguments.toArray()).run().ended(1);
    String name = folder + "/a\\nb\\x1b[31m\\x9b";
    assertTrue(missing.errors().contains(": error: " + name + ": "), missing.description());
    assertHarmless(missing);
    Files.copy(source, evil);
    assertHarmless(Program.iblocksync(arguments.toArray()).run().ended(0));
    arguments.set(arguments.indexOf(target), evil + "/b");
    assertHarmless(Program.iblocksync(arguments.toArray()).run().ended(1));
    assertHarmless(
        Program.iblocksync(arguments.toArray())
            .with("IBLOCKSYNC_SOURCE_EXEC", "no\n\033[31msuch")
            .run()
            .ended(1));
  }

  private static void assertHarmless(Result result) {
    for (String text : List.of(result.errors(), result.output())) {
      assertFalse(text.contains("\033") || text.contains("\u009b"), result.description());
      assertTrue(text.lines().noneMatch(line -> line.startsWith("b")), result.description());
    }
  }

  @Test
  void aReaderOfTheSummaryThatIsGoneDoesNotHarmTheTarget() throws IOException {
    Program.shell(
            "{ \"$@\"; echo $? >status; } | true; exit $(cat status)",
            Repository.script("iblocksync"),
            source,
            target)
        .in(folder)
        .run();
    Images.assertEqual(source, target);
  }
}
