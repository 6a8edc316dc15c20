package io.iblocksync.cli.fault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import io.iblocksync.cli.it.Shell;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our coordinator, and our endpoint on the other side, with an endpoint that means harm: one line,
 * status 1, no process left, and a target that nothing was written to.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileEndpointIT {

  /** What a coordinator has resident at most, whatever comes. */
  private static final int MEGABYTES = 160;

  private static final int BLOCKS = 64;
  private static final int SIZE = BLOCKS * Hostage.BLOCK;
  private static final String EVIL = "\u001b[2J\u0007\nmkfs: error: \u009b31mtrust me\r";

  @TempDir Path folder;
  private final byte[] before = new byte[SIZE];
  private Path source;
  private Path target;

  @BeforeEach
  void makeImages() throws IOException {
    Arrays.fill(before, (byte) 'b');
    target = Files.write(folder.resolve("target.img"), before);
    Arrays.fill(before, 0, Hostage.BLOCK, (byte) 'n');
    source = Files.write(folder.resolve("source.img"), before);
    Arrays.fill(before, 0, Hostage.BLOCK, (byte) 'b');
  }

  private static String info(String path) {
    return info(path, SIZE);
  }

  private static String info(String path, long size) {
    return ("{'blockSize': 4096, 'hashAlgorithm': 'crc32', 'filePath': '"
            + path
            + "', 'fileSize': "
            + size
            + ", 'uuid': '', 'offer': {'program': 'test', 'protocols': [1, 2], 'features': []}}\n")
        .replace('\'', '"');
  }

  /** A script that answers the greeting with this text, and the choice with these bytes. */
  private String endpoint(String answer, byte[] frames) throws IOException {
    Path then = Files.write(Files.createTempFile(folder, "frames", ""), frames);
    return endpoint(answer, "cat " + Shell.quote(then));
  }

  /** The same, with commands that answer the choice. */
  private String endpoint(String answer, String commands) throws IOException {
    Path first = Files.writeString(Files.createTempFile(folder, "answer", ""), answer);
    Path script = Files.createTempFile(folder, "hostile", "");
    Files.writeString(
        script,
        String.join(
            "\n",
            "#!/bin/sh",
            "read -r greeting",
            "cat " + Shell.quote(first),
            "read -r choice",
            commands,
            "cat >/dev/null",
            "exit 0",
            ""));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script.toString();
  }

  private Program program(Object... options) {
    List<Object> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("-b", "4K", "--algo", "crc32", source, target));
    return Program.iblocksync(arguments.toArray())
        .with("IBLOCKSYNC_SOURCE_EXEC", Repository.script("iblocksync-serve"))
        .with("IBLOCKSYNC_TARGET_EXEC", Repository.script("iblocksync-receive"))
        .with("IBLOCKSYNC_JAVA_OPTS", "-Xmx48m -Xmn8m");
  }

  private Result source(String answer, byte[] frames) throws IOException {
    return check(run(program().with("IBLOCKSYNC_SOURCE_EXEC", endpoint(answer, frames))));
  }

  private Result target(String answer, byte[] frames) throws IOException {
    return check(run(program().with("IBLOCKSYNC_TARGET_EXEC", endpoint(answer, frames))));
  }

  /** Runs it to its end, and asserts what the coordinator had resident, as far as it was seen. */
  private static Result run(Program program) throws IOException {
    try (Running running = program.start()) {
      running.endTyping();
      long peak = 0;
      while (running.isAlive()) {
        for (long process : running.processes().find("io.iblocksync.cli.Main")) {
          peak = Math.max(peak, Memory.peakKilobytes(process));
        }
        Await.pause(50);
      }
      Result result = running.await();
      assertTrue(peak <= MEGABYTES * 1024L, peak + " KiB were resident");
      return result;
    }
  }

  private Result check(Result result) throws IOException {
    result.failed();
    String said = result.errors();
    for (int i = 0; i < said.length(); i++) {
      assertFalse(
          Character.isISOControl(said.charAt(i)) && said.charAt(i) != '\n', result.description());
    }
    assertFalse(said.contains("internal error"), result.description());
    assertFalse(said.contains("\nmkfs: error"), result.description());
    assertArrayEquals(before, Files.readAllBytes(target));
    return result;
  }

  private static void assertSays(String text, Result result) {
    assertTrue(result.error().contains(text), () -> text + " is not in: " + result.description());
  }

  @Test
  void framesThatClaimMoreThanAFrameMayHoldAreNotBelieved() throws IOException {
    for (int type : List.of(Frame.HASHES, Frame.DATA)) {
      assertSays("4294967295 bytes", source(info("/x"), Frame.claiming(-1, type, new byte[64])));
    }
    for (int type : List.of(Frame.FAILURE, Frame.WARNING)) {
      assertSays("4294967295 bytes", target(info("/x"), Frame.claiming(-1, type, new byte[64])));
    }
  }

  @Test
  void hashesOfMoreBlocksThanThereAreAreRefused() throws IOException {
    byte[] flood = Frame.runs(Frame.HASHES, 0, Integer.MAX_VALUE | Frame.SET);
    assertSays("HASHES", source(info("/x"), flood));
    assertSays("HASHES", target(info("/x"), flood));
    byte[] ahead = Frame.runs(Frame.HASHES, Long.MAX_VALUE, 1 | Frame.SET);
    assertSays("HASHES", source(info("/x"), ahead));
  }

  @Test
  void dataThatNobodyAskedForReachesNoTarget() throws IOException {
    byte[] block = new byte[Hostage.BLOCK];
    for (long offset : new long[] {0, SIZE, Long.MAX_VALUE - Hostage.BLOCK}) {
      assertSays("DATA", source(info("/x"), Frame.data(offset, block)));
    }
    assertSays("DATA", source(info("/x"), Frame.zeros(0, Long.MAX_VALUE)));
    assertSays("unexpected", target(info("/x"), Frame.data(0, block)));
  }

  /**
   * Each block has a run of its own, which takes several times the 4 bytes that it came in, and the
   * other side is silent, so that there is nothing to compare them with.
   */
  @Test
  void aFloodOfHashesThatNothingCanBeComparedWithTakesNoMemory() throws IOException {
    long size = 1L << 40;
    ByteBuffer flood = ByteBuffer.allocate(24 << 20);
    int[] ones = new int[32_000];
    Arrays.fill(ones, 1 | Frame.SET);
    for (long block = 0; flood.remaining() > 5 + 8 + 4 * ones.length; block += ones.length) {
      flood.put(Frame.runs(Frame.HASHES, block, ones));
    }
    String loud = endpoint(info("/x", size), Arrays.copyOf(flood.array(), flood.position()));
    String silent = endpoint(info("/y", size), "sleep 0");
    for (boolean sourceIsLoud : new boolean[] {true, false}) {
      Result result =
          run(
              program("--timeout", "2")
                  .with("IBLOCKSYNC_SOURCE_EXEC", sourceIsLoud ? loud : silent)
                  .with("IBLOCKSYNC_TARGET_EXEC", sourceIsLoud ? silent : loud));
      assertSays("no sign of life for 2 seconds (--timeout)", check(result));
    }
  }

  /** With {@code -f}, which takes any size for meant. */
  @Test
  void imagesOfAlmostAnySizeAreNoReasonToBreakDown() throws IOException {
    for (long size : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 4095, 1L << 62}) {
      String end = endpoint(info("/x", size), Frame.done(0));
      Result result = run(program("-f").with("IBLOCKSYNC_SOURCE_EXEC", end));
      assertTrue(check(result).says(Long.toString(size)), result.description());
      result = run(program("-f").with("IBLOCKSYNC_TARGET_EXEC", end));
      assertTrue(check(result).says(Long.toString(size)), result.description());
    }
  }

  /** A byte now and then is a sign of life, for as long as they come. */
  @Test
  void anEndpointThatSendsAByteNowAndThenIsWaitedForUntilItSendsNoMore() throws IOException {
    // HASHES of 40 bytes.
    String begun = "000 000 000 050 001 000 000";
    String slowly = "for byte in " + begun + "; do printf \\\\$byte; sleep 0.3; done";
    for (String variable : List.of("IBLOCKSYNC_SOURCE_EXEC", "IBLOCKSYNC_TARGET_EXEC")) {
      long start = System.nanoTime();
      Result result = run(program("--timeout", "1").with(variable, endpoint(info("/x"), slowly)));
      assertTrue(System.nanoTime() - start > 3_000_000_000L, "given up too soon");
      assertSays("no sign of life for 1 seconds (--timeout)", check(result));
    }
  }

  @Test
  void messagesThatAreNotForACoordinatorAreRefused() throws IOException {
    byte[] verdicts = Frame.runs(Frame.VERDICTS, 0, 1);
    assertSays("unexpected", source(info("/x"), verdicts));
    assertSays("unexpected", target(info("/x"), verdicts));
    assertSays("unexpected", source(info("/x"), Frame.pieces(0, 0, 1)));
    assertSays("unexpected", target(info("/x"), Frame.pieces(0, 0, 1)));
  }

  @Test
  void anEndBeforeTheWorkIsDoneIsNoSuccess() throws IOException {
    assertSays("DONE after 0 bytes (it counts 0) and 0 of 64", source(info("/x"), Frame.done(0)));
    assertSays("DONE before the source was done", target(info("/x"), Frame.done(0)));
    source(info("/x"), new byte[0xffff]);
  }

  @Test
  void whatAPeerSaysReachesTheTerminalWithoutControlCharacters() throws IOException {
    byte[] text = EVIL.getBytes(StandardCharsets.UTF_8);
    byte[] failure = Frame.of(Frame.FAILURE, Frame.all(new byte[4], text));
    assertSays("trust me", source(info("/x"), failure));
    assertSays("trust me", target(info("/x"), failure));
    byte[] warned = Frame.all(Frame.of(Frame.WARNING, text), failure);
    assertTrue(source(info("/x"), warned).says("trust me"));
    String escaped = EVIL.replace("\u001b", "\\u001b").replace("\u0007", "\\u0007");
    escaped = escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\u009b", "\\u009b");
    String error = "{\"error\": \"" + escaped + "\", \"errno\": 5}\n";
    assertSays("trust me", source(error, new byte[0]));
    assertSays("trust me", target(error, new byte[0]));
    source(info(escaped), failure);
  }

  @Test
  void anAnswerWithoutEndTakesNoMemory() throws IOException {
    Path script = folder.resolve("endless");
    Files.writeString(script, "#!/bin/sh\nexec tr '\\0' '[' </dev/zero\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    String options = "-Xmx48m -Xmn8m -Diblocksync.term=6 -Diblocksync.kill=1";
    for (String variable : List.of("IBLOCKSYNC_SOURCE_EXEC", "IBLOCKSYNC_TARGET_EXEC")) {
      Result result = run(program().with(variable, script).with("IBLOCKSYNC_JAVA_OPTS", options));
      assertTrue(check(result).error().contains("[[[["), result.description());
    }
  }
}
