package io.iblocksync.cli.original;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our endpoints under a 1.0.1 coordinator that goes wrong: status 1, no hang, and one line. Only a
 * coordinator that closes their input may have its own reason for it, and its own line.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EndpointFaultIT {
  private static final String GREETING = Wire.GREETING + "\n";
  private static final String INFO = info(64, 512, "crc32");
  private static final String SERVE = "iblocksync-serve";
  private static final String RECEIVE = "iblocksync-receive";

  /** Four blocks of 16 bytes. */
  private final byte[] image = new byte[64];

  @TempDir Path folder;

  @BeforeEach
  void writeImage() throws IOException {
    new Random(1).nextBytes(image);
    Files.write(folder.resolve("a.img"), image);
  }

  @Test
  void inputThatEndsTooEarlyFails() throws Exception {
    String sameInfo = info(64, 16, "crc32");
    for (String name : List.of(SERVE, RECEIVE)) {
      assertFails(name, "", true);
      assertFails(name, "iblocksync 1.0", true);
      assertFails(name, GREETING, true);
      assertFails(name, GREETING + sameInfo.substring(0, 20), true);
      assertFails(name, GREETING + sameInfo, true);
      assertFails(name, GREETING + sameInfo + "\6\25", true);
    }
    assertUnchanged();
  }

  @Test
  void blocksThatEndTooEarlyFail() throws Exception {
    String signals = GREETING + info(64, 16, "crc32") + "\6\25\25\6";
    assertFails(RECEIVE, signals, true);
    assertFails(RECEIVE, signals + "half a b", true);
    assertFails(RECEIVE, signals + "a block of bytes", true);
    assertFails(RECEIVE, signals + "a block of bytes" + "another block o", true);
  }

  @Test
  void aTargetThatWasToBeCutIsNotCutByAnInputThatEnds() throws Exception {
    assertFails(RECEIVE, GREETING + info(32, 16, "crc32") + "\25", true);
    assertUnchanged();
  }

  @Test
  void whatIsNoGreetingEndsTheEndpointThoughItsInputStaysOpen() throws Exception {
    for (String name : List.of(SERVE, RECEIVE)) {
      assertFails(name, "iblocksync 1.0.0\n", false);
      assertFails(name, "GET / HTTP/1.1\r\n", false);
      assertFails(name, "\n", false);
    }
  }

  @Test
  void aLineWithoutAnEndIsBounded() throws Exception {
    char[] line = new char[8 << 20];
    Arrays.fill(line, 'x');
    for (String name : List.of(SERVE, RECEIVE)) {
      assertFails(name, new String(line), false);
      assertFails(name, GREETING + "{\"blockSize\": 16, \"uuid\": \"" + new String(line), false);
    }
    assertUnchanged();
  }

  @Test
  void anImageInfoThatLiesIsRefused() throws Exception {
    for (String name : List.of(SERVE, RECEIVE)) {
      assertFails(name, GREETING + "hello\n", false);
      assertFails(name, GREETING + "[]\n", false);
      assertFails(name, GREETING + "{}\n", false);
      assertFails(name, GREETING + INFO, false);
      assertFails(name, GREETING + info(64, 16, "md5"), false);
      assertFails(name, GREETING + info(-1, 16, "crc32"), false);
      assertFails(name, GREETING + info(64, 16, "crc32").replace("64", "\"64\""), false);
    }
    assertUnchanged();
  }

  @Test
  void aSignalThatIsNoneEndsTheEndpointThoughItsInputStaysOpen() throws Exception {
    assertFails(SERVE, GREETING + info(64, 16, "crc32") + "\6x", false);
    assertFails(RECEIVE, GREETING + info(64, 16, "crc32") + "\6x", false);
    assertUnchanged();
  }

  @Test
  void aTargetThatCannotBecomeSoLargeIsLeftAsItWas() throws Exception {
    assertFails(RECEIVE, GREETING + info(Long.MAX_VALUE - 64, 16, "crc32"), true);
    assertUnchanged();
  }

  @Test
  void untilTheOtherSidesImageInfoHasComeNoTargetIsCreated() throws Exception {
    Files.delete(folder.resolve("a.img"));
    assertFails(RECEIVE, "", true);
    assertFails(RECEIVE, GREETING, true);
    assertFails(RECEIVE, GREETING + "hello\n", true);
    assertFalse(Files.exists(folder.resolve("a.img")));
  }

  private static String info(long size, int blockSize, String algorithm) {
    return "{\"blockSize\": "
        + blockSize
        + ", \"hashAlgorithm\": \""
        + algorithm
        + "\", \"filePath\": \"other.img\", \"fileSize\": "
        + size
        + ", \"uuid\": \"\"}\n";
  }

  private void assertUnchanged() throws IOException {
    assertArrayEquals(image, Files.readAllBytes(folder.resolve("a.img")));
  }

  private void assertFails(String name, String input, boolean ends) throws Exception {
    String what = name + " after " + input.substring(0, Math.min(input.length(), 200));
    List<String> arguments = List.of("--block", "16", "--algo", "crc32", "a.img");
    try (OurEndpoint endpoint = OurEndpoint.start(folder, name, arguments)) {
      endpoint.send(input.getBytes(StandardCharsets.ISO_8859_1));
      if (ends) {
        endpoint.endInput();
      }
      endpoint.from().readAllBytes();
      endpoint.ended(1, what);
      if (ends) {
        endpoint.saidOneLineAtMost(what);
      } else {
        endpoint.saidOneLine(what);
      }
    }
  }
}
