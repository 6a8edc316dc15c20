package io.iblocksync.cli.original;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Our coordinator with an original endpoint that goes wrong at every step: one line, status 1, and
 * no process left behind; or no harm where nothing was really wrong.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FaultIT {
  private static final int BLOCK_SIZE = 32 * 1024;

  @TempDir Path folder;
  private Path source;
  private Path target;

  /** Two images that differ in all but the first block, together more than the pipes hold. */
  @BeforeEach
  void writeImages() throws IOException {
    byte[] image = new byte[24 * BLOCK_SIZE];
    new Random(1).nextBytes(image);
    source = Files.write(folder.resolve("source.img"), image);
    for (int at = BLOCK_SIZE; at < image.length; at += BLOCK_SIZE) {
      image[at]++;
    }
    target = Files.write(folder.resolve("target.img"), image);
  }

  @ParameterizedTest(name = "serve {0}")
  @ValueSource(
      strings = {
        "START:STOP",
        "START:LEAVE",
        "START:GARBAGE",
        "INFO:STOP",
        "INFO:GARBAGE",
        "INFO:LIE:{\"fileSize\": -1}",
        "INFO:LIE:{\"fileSize\": \"many\"}",
        "INFO:LIE:{\"fileSize\": 99999999999999999999}",
        "INFO:LIE:{\"blockSize\": 512}",
        "INFO:LIE:{\"hashAlgorithm\": \"md5\"}",
        "DIGESTS:STOP",
        "DIGESTS:LEAVE",
        "DIGESTS:GARBAGE",
        "SIGNALS:STOP",
        "SIGNALS:GARBAGE",
        "BLOCKS:STOP",
        "BLOCKS:LEAVE",
        "BLOCKS:GARBAGE",
        "BLOCKS:LIE",
        "EOT:STOP",
        "EOT:LEAVE",
        "EOT:GARBAGE",
        "EOT:LIE",
        "EXIT:STOP"
      })
  void aFailingOriginalServeIsOneLine(String fault) throws IOException {
    boolean withOurs = fault.endsWith("STOP");
    withServe(Fault.of(fault), withOurs).failed().saidNothingElse();
  }

  @ParameterizedTest(name = "receive {0}")
  @ValueSource(
      strings = {
        "START:STOP",
        "START:LEAVE",
        "START:GARBAGE",
        "INFO:STOP",
        "INFO:GARBAGE",
        "INFO:LIE:{\"fileSize\": null}",
        "INFO:LIE:{\"fileSize\": 1.5}",
        "INFO:LIE:{\"blockSize\": \"\"}",
        "INFO:LIE:{\"hashAlgorithm\": \"sha512\"}",
        "DIGESTS:STOP",
        "DIGESTS:LEAVE",
        "DIGESTS:GARBAGE",
        "SIGNALS:STOP",
        "SIGNALS:GARBAGE",
        "BLOCKS:STOP",
        "BLOCKS:LEAVE",
        "BLOCKS:GARBAGE",
        "CUT:STOP",
        "CUT:LEAVE",
        "CUT:GARBAGE",
        "CUT:LIE",
        "EOT:STOP",
        "EOT:LEAVE",
        "EOT:GARBAGE",
        "EOT:LIE",
        "EXIT:STOP"
      })
  void aFailingOriginalReceiveIsOneLine(String fault) throws IOException {
    boolean withOurs = fault.endsWith("STOP");
    withReceive(Fault.of(fault), withOurs).failed().saidNothingElse();
  }

  @ParameterizedTest(name = "serve {0}")
  @ValueSource(strings = {"START:STALL", "DIGESTS:STALL", "BLOCKS:STALL", "EXIT:STALL"})
  void aSlowOriginalServeIsWaitedFor(String fault) throws IOException {
    assertSynced(withServe(Fault.of(fault), true));
  }

  @ParameterizedTest(name = "receive {0}")
  @ValueSource(strings = {"INFO:STALL", "DIGESTS:STALL", "SIGNALS:STALL", "BLOCKS:STALL"})
  void aSlowOriginalReceiveIsWaitedFor(String fault) throws IOException {
    assertSynced(withReceive(Fault.of(fault), true));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"DIGESTS:LIE", "EXIT:GARBAGE"})
  void whatDoesNoHarmIsNoFailure(String fault) throws IOException {
    assertSynced(withServe(Fault.of(fault), false));
    writeImages();
    assertSynced(withReceive(Fault.of(fault), false));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "INFO:LIE:{\"error\": \"The disk is on fire\", \"errno\": 5}",
        "INFO:LIE:{\"error\": \"The disk is on fire\"}",
      })
  void anErrorIsShownInItsOwnWords(String fault) throws IOException {
    withServe(Fault.of(fault), false).failed("The disk is on fire").saidNothingElse();
    withReceive(Fault.of(fault), false).failed("The disk is on fire").saidNothingElse();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"EXIT:STOP", "EXIT:LIE"})
  void theStatusThatAnEndpointEndsWithIsInTheMessage(String fault) throws IOException {
    withServe(Fault.of(fault), false).failed(Integer.toString(Fault.STOP_STATUS));
    withReceive(Fault.of(fault), false).failed(Integer.toString(Fault.STOP_STATUS));
  }

  private void assertSynced(Result result) throws IOException {
    assertEquals(0, result.status(), result.description());
    assertEquals("", result.errors(), result.description());
    assertEquals(-1, Files.mismatch(source, target), result.description());
  }

  private Result withServe(Fault fault, boolean ourReceive) throws IOException {
    return sync(
        Scripts.serve(folder, fault), ourReceive ? null : Scripts.receive(folder, Fault.NONE));
  }

  private Result withReceive(Fault fault, boolean ourServe) throws IOException {
    return sync(
        ourServe ? null : Scripts.serve(folder, Fault.NONE), Scripts.receive(folder, fault));
  }

  private Result sync(Path serve, Path receive) throws IOException {
    Program program = Program.iblocksync("-f", "-b", BLOCK_SIZE, source, target);
    if (serve != null) {
      program.with("IBLOCKSYNC_SOURCE_EXEC", serve);
    }
    if (receive != null) {
      program.with("IBLOCKSYNC_TARGET_EXEC", receive);
    }
    return program.run();
  }
}
