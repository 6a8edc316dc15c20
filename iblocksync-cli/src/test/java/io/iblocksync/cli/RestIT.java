package io.iblocksync.cli;

import static io.iblocksync.cli.it.Images.assertEqual;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Wrapper;
import io.iblocksync.testing.LoopDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a larger target past the end of the source, and where it is said. */
@Timeout(60)
class RestIT {
  private static final int SIZE = 3 << 20;
  private static final int LARGER = 5 << 20;
  private static final String REST = "2097152 bytes (2.0 MB), from byte 3145728 on";

  @TempDir Path folder;
  private Images images;
  private Path source;
  private Path target;
  private byte[] before;

  @BeforeEach
  void makeImages() throws IOException {
    images = new Images(folder);
    source = images.random("source.img", SIZE);
    target = images.random("target.img", LARGER);
    before = Files.readAllBytes(target);
  }

  private void assertTargetIs(byte[] rest) throws IOException {
    byte[] expected = Arrays.copyOf(Files.readAllBytes(source), SIZE + rest.length);
    System.arraycopy(rest, 0, expected, SIZE, rest.length);
    assertArrayEquals(expected, Files.readAllBytes(target));
  }

  private byte[] rest() {
    return Arrays.copyOfRange(before, SIZE, LARGER);
  }

  @Test
  void aLargerDeviceIsRefusedWithWhatWouldBeLostAndTheOptionsThatAnswer() throws IOException {
    try (LoopDevice device = LoopDevice.over(target)) {
      Program.iblocksync(source, device.path())
          .run()
          .failed(device.path() + "", REST, "become zeros", "--keep-rest", "-f")
          .saidNothingElse();
    }
    assertArrayEquals(before, Files.readAllBytes(target));
  }

  @Test
  void nothingButEnterDoesNotCutALongerFile() throws IOException {
    Result result = Program.iblocksync(source, target).typed("\n").run().failed("not confirmed");
    assertTrue(result.says(REST + ", are cut off. Continue? [y/N] "), result.description());
    assertArrayEquals(before, Files.readAllBytes(target));
    Program.iblocksync(source, target).typed("y\n").run().ended(0);
    assertEqual(source, target);
  }

  @Test
  void nothingButEnterLetsAShorterFileGrow() throws IOException {
    Path shorter = images.random("shorter.img", 1000);
    Result result = Program.iblocksync(source, shorter).typed("\n").run().ended(0);
    assertTrue(result.says("grows. Continue? [Y/n] "), result.description());
    assertEqual(source, shorter);
  }

  @Test
  void theSummaryAndTheWarningNameTheRestOfADeviceThatWasMadeZeros() throws IOException {
    try (LoopDevice device = LoopDevice.over(target)) {
      Result result = Program.iblocksync("-f", source, device.path()).run().forced();
      assertTrue(result.errors().contains(REST + ", become zeros"), result.description());
      String end = "; last 2.0 MB zeroed\n";
      assertTrue(result.output().endsWith(end), result.description());
    }
    assertTargetIs(new byte[LARGER - SIZE]);
  }

  @Test
  void theSummaryNamesTheRestOfAFileThatWasCutOff() throws IOException {
    Result result = Program.iblocksync("-f", source, target).run().forced();
    String end = "; last 2.0 MB cut off\n";
    assertTrue(result.output().endsWith(end), result.description());
    assertTargetIs(new byte[0]);
  }

  @Test
  void aDryRunTellsWhatWouldBeLost() throws Exception {
    Result result = Program.iblocksync("-n", source, target).run().ended(0);
    String would = "; last 2.0 MB would be cut off\n";
    assertTrue(result.output().contains(would), result.description());
    assertTrue(result.errors().contains(REST), result.description());
    assertArrayEquals(before, Files.readAllBytes(target));
  }

  @Test
  void theReportForMachinesHasTheRest() throws Exception {
    assertRest("cut", SIZE, LARGER - SIZE, Program.iblocksync("--json", source, target).run());
    try (LoopDevice device = LoopDevice.over(target)) {
      Path path = device.path();
      Result zeroed = Program.iblocksync("--json", "-f", source, path).run().ended(0);
      assertRest("zeroed", SIZE, LARGER - SIZE, zeroed);
    }
    assertRest(null, null, 0, Program.iblocksync("--json", source, images.path("new.img")).run());
  }

  private static void assertRest(String action, Integer offset, int bytes, Result result)
      throws Exception {
    JsonObject json = JsonParser.object().from(result.output()).getObject("rest");
    assertEquals(bytes, json.getInt("bytes"), result.description());
    assertEquals(action, json.getString("action"), result.description());
    assertEquals(offset, json.get("offset"), result.description());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-v", "-n", "--sparse"})
  void theRestOfAFileIsKeptUnasked(String option) throws IOException {
    Result result = Program.iblocksync("--keep-rest", option, source, target).run().ended(0);
    assertTrue(result.output().contains("; last 2.0 MB "), result.description());
    if (option.equals("-n")) {
      assertArrayEquals(before, Files.readAllBytes(target));
    } else {
      assertTargetIs(rest());
    }
  }

  @Test
  void theRestOfADeviceIsKeptUnaskedAlsoIfZerosAreDiscardedAndAllIsVerified() throws IOException {
    Images.write(source, new byte[1 << 20]);
    try (LoopDevice device = LoopDevice.over(target)) {
      Path path = device.path();
      Result result =
          Program.iblocksync("--keep-rest", "--verify", "--discard", source, path).run();
      String end = "; last 2.0 MB kept; verified";
      assertTrue(result.succeeded().output().contains(end), result.description());
    }
    assertTargetIs(rest());
  }

  @Test
  void theRestIsKeptByATargetInAProcessOfItsOwn() throws IOException {
    Program.iblocksync("--keep-rest", "-b", "4096", source, target)
        .with("IBLOCKSYNC_TARGET_EXEC", Wrapper.ofTarget(folder).write())
        .run()
        .succeeded();
    assertTargetIs(rest());
  }
}
