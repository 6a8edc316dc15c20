package io.iblocksync.cli.fault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our endpoints, as processes, in the hands of a coordinator that means harm: they say why they
 * stop, and not one byte is written that was not asked for.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileCoordinatorIT {
  private static final String SERVE = "iblocksync-serve";
  private static final String RECEIVE = "iblocksync-receive";
  private static final int BLOCKS = 64;
  private static final int SIZE = BLOCKS * Hostage.BLOCK;
  private static final byte[] BLOCK = new byte[Hostage.BLOCK];

  @TempDir Path folder;
  private final byte[] before = new byte[SIZE];
  private Path image;

  @BeforeEach
  void makeImage() throws IOException {
    Arrays.fill(before, (byte) 'b');
    Arrays.fill(BLOCK, (byte) 'n');
    image = Files.write(folder.resolve("image"), before);
  }

  @AfterEach
  void theImageIsAsItWas() throws IOException {
    assertArrayEquals(before, Files.readAllBytes(image));
  }

  /** Sends the frames when the target has told its hashes. */
  private void target(byte[] frames, String... texts) throws Exception {
    try (Hostage target = new Hostage(RECEIVE, image).begin(SIZE)) {
      target.await(Frame.HASHES).send(frames).fails(texts);
    }
  }

  private void source(byte[] frames, String... texts) throws Exception {
    try (Hostage source = new Hostage(SERVE, image).begin(SIZE)) {
      source.await(Frame.HASHES).send(frames).fails(texts);
    }
  }

  @Test
  void framesThatClaimMoreThanAFrameMayHoldAreNotBelieved() throws Exception {
    for (int type : List.of(Frame.VERDICTS, Frame.DATA)) {
      target(Frame.claiming(-1, type, BLOCK), "4294967295 bytes");
      source(Frame.claiming(Integer.MAX_VALUE, type, BLOCK), "2147483647 bytes");
    }
  }

  @Test
  void dataThatNobodyAskedForIsNotWritten() throws Exception {
    target(Frame.data(0, BLOCK), "DATA", "expected none");
    byte[] verdict = Frame.runs(Frame.VERDICTS, 0, 5, 1 | Frame.SET);
    int asked = 5 * Hostage.BLOCK;
    for (long offset : new long[] {0, asked - 1, asked + 1, SIZE, Long.MAX_VALUE - 8192}) {
      target(Frame.all(verdict, Frame.data(offset, BLOCK)), "DATA", "expected from " + asked);
    }
    byte[] longer = new byte[2 * Hostage.BLOCK];
    target(Frame.all(verdict, Frame.data(asked, longer)), "DATA", "expected from " + asked);
    long rest = Long.MAX_VALUE - asked;
    target(Frame.all(verdict, Frame.zeros(asked, rest)), "DATA", "expected from " + asked);
  }

  @Test
  void dataWithAWrongCheckValueIsNotWritten() throws Exception {
    byte[] data = Frame.data(0, BLOCK);
    data[data.length - 1]++;
    target(Frame.all(Frame.runs(Frame.VERDICTS, 0, 1 | Frame.SET), data), "CRC");
  }

  @Test
  void verdictsOnBlocksWhoseHashesWereNeverToldAreRefused() throws Exception {
    byte[][] wrong = {
      Frame.runs(Frame.VERDICTS, 0, BLOCKS + 1),
      Frame.runs(Frame.VERDICTS, 0, Integer.MAX_VALUE | Frame.SET),
      Frame.runs(Frame.VERDICTS, BLOCKS, 1),
      Frame.runs(Frame.VERDICTS, Long.MAX_VALUE, Integer.MAX_VALUE),
      Frame.runs(Frame.VERDICTS, Long.MIN_VALUE, 1),
    };
    for (byte[] verdicts : wrong) {
      target(verdicts, "VERDICTS");
      source(verdicts, "VERDICTS");
    }
  }

  @Test
  void messagesThatAreNotForAnEndpointAreRefused() throws Exception {
    target(Frame.runs(Frame.HASHES, 0, 1 | Frame.SET), "unexpected");
    source(Frame.runs(Frame.HASHES, 0, 1 | Frame.SET), "unexpected");
    source(Frame.data(0, BLOCK), "unexpected");
    target(Frame.of(99, BLOCK), "unknown type 99");
  }

  @Test
  void aTargetThatIsDeclaredDoneTooEarlyFails() throws Exception {
    target(Frame.number(Frame.DONE, 0), "DONE");
  }

  @Test
  void aSourceSendsNoByteThatItsImageDoesNotHave() throws Exception {
    try (Hostage source = new Hostage(SERVE, image).begin(Long.MAX_VALUE)) {
      source.await(Frame.HASHES).send(Frame.runs(Frame.VERDICTS, 0, BLOCKS | Frame.SET));
      source.await(Frame.DATA).await(Frame.DONE);
      assertEquals(-1, source.frame());
    }
  }

  @Test
  void aLineOfAGibibyteTakesNoMemory() throws Exception {
    byte[] chunk = new byte[1 << 20];
    Arrays.fill(chunk, (byte) '[');
    for (String name : List.of(SERVE, RECEIVE)) {
      try (Hostage endpoint = new Hostage(name, image)) {
        endpoint.send("iblocksync 1.0.1\n{\"a\": \"".getBytes(StandardCharsets.UTF_8));
        endpoint.line();
        endpoint.notePeak();
        for (int sent = 0; sent < 1024 && endpoint.takes(chunk); sent++) {
          endpoint.notePeak();
        }
        endpoint.ends();
        endpoint.tookAtMost(200);
      }
    }
  }

  @Test
  void jsonThatIsNestedDeeplyOrHoldsHugeNumbersIsRefused() throws Exception {
    String deep = "[".repeat(60_000);
    List<String> lines =
        List.of(
            deep + "\n",
            "{\"a\": ".repeat(10_000) + "\n",
            Hostage.reply("1e999999999"),
            Hostage.reply("9".repeat(60_000)),
            Hostage.reply("-1"),
            Hostage.reply("0.5"));
    for (String name : List.of(SERVE, RECEIVE)) {
      for (String line : lines) {
        try (Hostage endpoint = new Hostage(name, image)) {
          endpoint.send("iblocksync 1.0.1\n".getBytes(StandardCharsets.UTF_8));
          endpoint.line();
          endpoint.send(line.getBytes(StandardCharsets.UTF_8));
          endpoint.ends();
        }
      }
    }
  }

  @Test
  void aPeerThatSendsByteByByteIsWaitedFor() throws Exception {
    try (Hostage source = new Hostage(SERVE, image)) {
      for (byte one : "iblocksync 1.0.1\n".getBytes(StandardCharsets.UTF_8)) {
        source.send(new byte[] {one});
        Thread.sleep(20);
      }
      source.line();
      for (byte one : Hostage.reply("0").getBytes(StandardCharsets.UTF_8)) {
        source.send(new byte[] {one});
      }
      source.await(Frame.DATA).await(Frame.DONE);
    }
  }
}
