package io.iblocksync.cli.fault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import java.nio.file.attribute.PosixFilePermissions;
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
    return ("{'blockSize': 4096, 'hashAlgorithm': 'crc32', 'filePath': '"
            + path
            + "', 'fileSize': "
            + SIZE
            + ", 'uuid': '', 'offer': {'program': 'test', 'protocols': [1, 2], 'features': []}}\n")
        .replace('\'', '"');
  }

  /** A script that answers the greeting with this text, and the choice with these bytes. */
  private String endpoint(String answer, byte[] frames) throws IOException {
    Path first = Files.writeString(folder.resolve("answer"), answer);
    Path then = Files.write(folder.resolve("frames"), frames);
    Path script = folder.resolve("hostile");
    Files.writeString(
        script,
        String.join(
            "\n",
            "#!/bin/sh",
            "read -r greeting",
            "cat " + Shell.quote(first),
            "read -r choice",
            "cat " + Shell.quote(then),
            "cat >/dev/null",
            "exit 0",
            ""));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script.toString();
  }

  private Program program() {
    return Program.iblocksync("-b", "4K", "--algo", "crc32", source, target)
        .with("IBLOCKSYNC_SOURCE_EXEC", Repository.script("iblocksync-serve"))
        .with("IBLOCKSYNC_TARGET_EXEC", Repository.script("iblocksync-receive"))
        .with("IBLOCKSYNC_JAVA_OPTS", "-Xmx48m -Xmn8m");
  }

  private Result source(String answer, byte[] frames) throws IOException {
    return check(program().with("IBLOCKSYNC_SOURCE_EXEC", endpoint(answer, frames)).run());
  }

  private Result target(String answer, byte[] frames) throws IOException {
    return check(program().with("IBLOCKSYNC_TARGET_EXEC", endpoint(answer, frames)).run());
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

  @Test
  void messagesThatAreNotForACoordinatorAreRefused() throws IOException {
    byte[] verdicts = Frame.runs(Frame.VERDICTS, 0, 1);
    assertSays("unexpected", source(info("/x"), verdicts));
    assertSays("unexpected", target(info("/x"), verdicts));
  }

  @Test
  void anEndBeforeTheWorkIsDoneIsNoSuccess() throws IOException {
    source(info("/x"), Frame.number(Frame.DONE, 0));
    target(info("/x"), Frame.number(Frame.DONE, 0));
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
    check(program().with("IBLOCKSYNC_SOURCE_EXEC", endpoint(info(escaped), failure)).run());
  }

  @Test
  void anAnswerWithoutEndTakesNoMemory() throws IOException {
    Path script = folder.resolve("endless");
    Files.writeString(script, "#!/bin/sh\nexec tr '\\0' '[' </dev/zero\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    String options = "-Xmx48m -Xmn8m -Diblocksync.term=6 -Diblocksync.kill=1";
    for (String variable : List.of("IBLOCKSYNC_SOURCE_EXEC", "IBLOCKSYNC_TARGET_EXEC")) {
      Result result = program().with(variable, script).with("IBLOCKSYNC_JAVA_OPTS", options).run();
      assertTrue(check(result).error().contains("[[[["), result.description());
    }
  }
}
