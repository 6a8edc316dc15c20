package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.grack.nanojson.JsonArray;
import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import io.iblocksync.cli.it.TwoImages;
import io.iblocksync.cli.it.Wrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code --json} prints, however a run ends. */
@Timeout(60)
class JsonIT extends TwoImages {

  JsonIT() {
    super(600_000);
  }

  @BeforeEach
  void changeSomeBlocks() throws IOException {
    makeChangedTarget(1000, 1, 200, 599);
  }

  /** The one object on standard output, which must have all members that USAGE.md lists. */
  private static JsonObject report(Result result, int status) throws Exception {
    result.ended(status);
    assertEquals(1, result.output().lines().count(), result.description());
    JsonObject json = JsonParser.object().from(result.output());
    assertEquals(documented(), members(json), result.description());
    assertEquals(status, json.getInt("exitStatus"));
    assertEquals(status == 0, json.isNull("error"), result.description());
    return json;
  }

  private static Set<String> members(JsonObject json) {
    Set<String> names = new TreeSet<>();
    for (Map.Entry<String, Object> member : json.entrySet()) {
      // What is in "error" is looked at where there is one.
      if (member.getValue() instanceof JsonObject inner && !member.getKey().equals("error")) {
        inner.keySet().forEach(name -> names.add(member.getKey() + "." + name));
      } else {
        names.add(member.getKey());
      }
    }
    return names;
  }

  private static Set<String> documented() throws IOException {
    String page = Files.readString(Repository.script("../iblocksync-cli/USAGE.md"));
    int start = page.indexOf("\n| member | meaning |\n", page.indexOf("\n## Results for scripts"));
    assertTrue(start > 0);
    String table = page.substring(start, page.indexOf("\n\n", start));
    Set<String> names = new TreeSet<>();
    Matcher name = Pattern.compile("(?m)^\\| (`.+?) \\|").matcher(table);
    while (name.find()) {
      for (String cell : name.group(1).split(", ")) {
        names.add(cell.replace("`", ""));
      }
    }
    names.removeIf(member -> member.startsWith("error."));
    return names;
  }

  @Test
  void aRunThatWentWellIsToldInFull() throws Exception {
    Result result = Program.iblocksync("--json", "-b", "1000", source, target).run();
    JsonObject json = report(result, 0);
    assertEquals("", result.errors());
    assertEquals(2, json.getInt("protocol"));
    for (Path image : List.of(source, target)) {
      JsonObject side = json.getObject(image == source ? "source" : "target");
      assertEquals(image.toString(), side.getString("location"));
      assertEquals(image.toString(), side.getString("path"));
      assertEquals(600_000, side.getLong("size"));
      assertTrue(side.isNull("uuid"));
      assertEquals(json.getString("version"), side.getString("version"));
      assertEquals(600_000, side.getLong("read"));
    }
    assertEquals("sha1", json.getString("algorithm"));
    assertEquals(1000, json.getInt("blockSize"));
    assertEquals(
        Map.of("compared", 600, "equal", 597, "changed", 3, "zero", 0), json.getObject("blocks"));
    JsonObject bytes = json.getObject("bytes");
    assertEquals(1_200_000, bytes.getLong("read"));
    assertEquals(3000, bytes.getLong("written"));
    assertTrue(bytes.getLong("fromSource") > 3000 + 600 * 20, result.output());
    assertTrue(bytes.getLong("toTarget") > 3000, result.output());
    JsonObject seconds = json.getObject("seconds");
    assertTrue(seconds.getDouble("total") > 0, result.output());
    assertTrue(seconds.getDouble("compare", -1) >= 0, result.output());
    assertTrue(seconds.getDouble("flush", -1) >= 0, result.output());
    assertTrue(seconds.isNull("verify"));
    assertFalse(json.getBoolean("verified"));
    assertFalse(json.getBoolean("dryRun"));
    assertEquals(List.of(), json.getArray("warnings"));
  }

  @Test
  void aDryRunIsToldWithWhatBothSidesHaveRead() throws Exception {
    Result result = Program.iblocksync("--json", "-n", "-b", "1000", source, target).run();
    JsonObject json = report(result, 0);
    assertTrue(json.getBoolean("dryRun"));
    assertEquals(3, json.getObject("blocks").getInt("changed"));
    assertEquals(600_000, json.getObject("source").getLong("read"));
    assertEquals(600_000, json.getObject("target").getLong("read"));
    assertEquals(0, json.getObject("bytes").getLong("written"));
  }

  @Test
  void aRunThatIsVerifiedIsToldAsVerified() throws Exception {
    Result result = Program.iblocksync("--json", "--verify", "-b", "1000", source, target).run();
    JsonObject json = report(result, 0);
    assertTrue(json.getBoolean("verified"));
    assertTrue(json.getObject("seconds").getDouble("verify", -1) >= 0, result.output());
  }

  @Test
  void blocksOfZerosAndBlocksPastTheTargetsEndAreCounted() throws Exception {
    Path zeros = images.zeros("zeros.img", 10_000);
    Images.write(zeros, new byte[] {1});
    Path short_ = images.zeros("short.img", 4000);
    Result result = Program.iblocksync("--json", "-f", "-b", "1000", zeros, short_).run();
    JsonObject json = report(result, 0);
    assertEquals(
        Map.of("compared", 4, "equal", 3, "changed", 7, "zero", 9), json.getObject("blocks"));
    assertEquals(10_000, json.getObject("source").getLong("read"));
  }

  @Test
  void whatWasWarnedAboutIsListed() throws Exception {
    Path longer = images.zeros("longer.img", 700_000);
    Result result = Program.iblocksync("--json", "-f", source, longer).run();
    String warning =
        "the target image "
            + longer
            + " (700000 bytes) is larger than the source image (600000 bytes): its last 100000"
            + " bytes, from byte 600000 on, are cut off";
    assertEquals(List.of(warning), report(result, 0).getArray("warnings"));
    assertTrue(result.errors().contains("WARNING: " + warning), result.description());
  }

  @Test
  void whatAnEndpointWarnsAboutIsListedUnderItsName() throws Exception {
    String touch = "touch -d 2001-01-01 '" + source + "'";
    Program program =
        Program.iblocksync("--json", source, target)
            .with("IBLOCKSYNC_TARGET_EXEC", Wrapper.ofTarget(folder).before(touch).write());
    Result result = program.run();
    JsonArray warnings = report(result, 0).getArray("warnings");
    assertEquals(1, warnings.size(), result.description());
    String start = "iblocksync-serve: the source " + source + " has changed";
    assertTrue(warnings.getString(0).startsWith(start), result.description());
    assertEquals(1, result.errors().lines().count(), result.description());
    assertTrue(result.errors().contains("WARNING: " + start), result.description());
  }

  @Test
  void aSourceThatIsMissingIsToldWithItsSideAndNumber() throws Exception {
    Path missing = folder.resolve("missing");
    Result result = Program.iblocksync("--json", missing, target).run();
    assertError(report(result, 1), missing + ": No such file or directory", "source", 2);
    result.saidNothingElse();
  }

  @Test
  void aTargetThatFailsIsToldWithWhatWasKnownOfBoth() throws Exception {
    Path folderItself = Files.createDirectory(folder.resolve("sub"));
    JsonObject json = report(Program.iblocksync("--json", source, folderItself).run(), 1);
    String example = folderItself.resolve("disk.img").toString();
    String error = ": Is a directory (give a file in it, such as " + example + ")";
    assertError(json, folderItself + error, "target", 21);
    assertEquals(600_000, json.getObject("source").getLong("size"));
    assertTrue(json.getObject("target").isNull("size"));
    assertTrue(json.getObject("bytes").isNull("read"));
  }

  @Test
  void aTargetThatFailsInTheMiddleIsToldWithItsNumber() throws Exception {
    Program full =
        Program.iblocksync("--json", "-b", "1000", source, "new.img")
            .in(folder)
            .before("/bin/sh", "-c", "ulimit -f 100; trap '' XFSZ; exec \"$@\"", "sh");
    JsonObject json = report(full.run(), 1);
    JsonObject error = json.getObject("error");
    assertEquals("target", error.getString("side"), error.toString());
    assertEquals(27, error.getInt("errno"), error.toString());
    assertEquals(2, json.getInt("protocol"));
  }

  @Test
  void aQuestionThatIsDeclinedIsToldWithoutASide() throws Exception {
    Path longer = images.zeros("longer.img", 700_000);
    Result result = Program.iblocksync("--json", source, longer).run();
    JsonObject error = report(result, 1).getObject("error");
    assertTrue(error.getString("message").endsWith("-f to sync nevertheless"));
    assertTrue(error.isNull("side"));
    assertTrue(error.isNull("errno"));
    Result typed = Program.iblocksync("--json", source, longer).typed("n\n").run();
    error = report(typed, 1).getObject("error");
    assertEquals("not confirmed, nothing was written", error.getString("message"));
  }

  @ParameterizedTest
  @CsvSource({
    "--json --nonsense a b, unknown option '--nonsense'",
    "--js a, TARGET is missing",
    "-a nonsense --json a b, 'nonsense'",
    "--json a ssh://h, the path is missing"
  })
  void aCommandLineThatIsWrongIsTold(String arguments, String message) throws Exception {
    Result result = Program.iblocksync((Object[]) arguments.split(" ")).run();
    JsonObject json = report(result, 2);
    assertTrue(json.getObject("error").getString("message").contains(message), result.output());
    assertNull(json.getObject("source").getString("location"));
    result.saidNothingElse();
  }

  @Test
  void aCommandThatIsNotThereIsTold() throws Exception {
    Program program =
        Program.iblocksync("--json", source, target).with("IBLOCKSYNC_SOURCE_EXEC", "no-such-one");
    JsonObject error = report(program.run(), 1).getObject("error");
    assertTrue(error.getString("message").startsWith("command not found: no-such-one"));
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
  void aRunThatASignalEndsIsToldWhenAllHasEnded(String signal, int status) throws Exception {
    // Without all hashes of the source there is no end.
    Wrapper wrapper = Wrapper.ofSource(folder).slowly().stuckAfter(9_000);
    Program program =
        Program.iblocksync("--json", "-p", "json", "-b", "512", source, target)
            .with("IBLOCKSYNC_SOURCE_EXEC", wrapper.write());
    try (Running running = program.start()) {
      Await.until("the sync has begun", () -> running.errors().contains("syncing"));
      running.signal(signal);
      Result result = running.await();
      JsonObject json = report(result, status);
      String message =
          "interrupted by a signal, the target may be incomplete; run it again to go on";
      assertError(json, message, null, null);
      assertTrue(json.getObject("bytes").isNull("read"));
      assertEquals("iblocksync: error: " + message, result.error());
    }
    assertEquals(Wrapper.cleanedUpOnce(), wrapper.log());
  }

  private static void assertError(JsonObject json, String message, String side, Integer errno) {
    JsonObject error = json.getObject("error");
    assertEquals(Set.of("message", "side", "errno"), error.keySet());
    assertEquals(message, error.getString("message"));
    assertEquals(side, error.getString("side"));
    assertEquals(errno, error.get("errno"));
  }
}
