package io.iblocksync.cli.fault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.Hex;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

  /** What an endpoint has resident at most, whatever comes. */
  private static final int MEGABYTES = 200;

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
    source(Frame.done(0), "unexpected");
    target(Frame.pieces(0, 0, 1), "unexpected");
    target(Frame.of(99, BLOCK), "unknown type 99");
  }

  @Test
  void compressedBytesThatStandForMoreThanTheyNameAreNotWritten() throws Exception {
    // A block of zstd that stands for 128 KiB takes 4 bytes: all of them, 32 GiB.
    ByteBuffer bomb = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    bomb.put(Hex.bytes("28b52ffd 00 80"));
    while (bomb.remaining() >= 4) {
      bomb.putInt((1 << 17) << 3 | 1 << 1 | 'x' << 24);
    }
    byte[] body = Arrays.copyOf(bomb.array(), bomb.position());
    compressed(
        Frame.zstd(0, BLOCK, body), "zstd decompresses to more than the expected 4096 bytes");
    // Twice what it names, in one block, of which the rest must not begin what comes next.
    byte[] twice = stored(2 * Hostage.BLOCK);
    compressed(
        Frame.zstd(0, BLOCK, twice), "zstd decompresses to more than the expected 4096 bytes");
  }

  @Test
  void compressedBytesThatNeedAWindowOfMoreThan64MiBAreNotWritten() throws Exception {
    byte[] body = stored(Hostage.BLOCK);
    body[5] = (byte) 0x81;
    compressed(Frame.zstd(0, BLOCK, body), "zstd cannot be decompressed");
    body[5] = (byte) 0xff;
    compressed(Frame.zstd(0, BLOCK, body), "zstd cannot be decompressed");
  }

  @Test
  void compressedBytesWithAWrongCheckValueAreNotWritten() throws Exception {
    compressed(Frame.zstd(0, new byte[Hostage.BLOCK], stored(Hostage.BLOCK)), "CRC");
  }

  /** Asks for the first block, sends it so, and for it the target takes no more than it should. */
  private void compressed(byte[] frame, String text) throws Exception {
    try (Hostage target = new Hostage(RECEIVE, image).begin(SIZE, "'zstd'", "")) {
      target.await(Frame.HASHES).send(Frame.runs(Frame.VERDICTS, 0, 1 | Frame.SET));
      target.send(frame).fails(text);
      target.tookAtMost(MEGABYTES);
    }
  }

  /** A stream of zstd that holds so many bytes as they are, with a window of 64 MiB. */
  private static byte[] stored(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 'n');
    ByteBuffer body = ByteBuffer.allocate(9 + length).put(Hex.bytes("28b52ffd 00 80"));
    int header = length << 3;
    body.put((byte) header).put((byte) (header >> 8)).put((byte) (header >> 16));
    return body.put(bytes).array();
  }

  @Test
  void aWindowThatIsFullOfWhatCameTakesWhatItMayAndNoMore() throws Exception {
    int frames = 96;
    byte[] bytes = new byte[1 << 20];
    Path copy = folder.resolve("copy");
    try (Hostage target = new Hostage(RECEIVE, copy)) {
      target.begin((long) frames * bytes.length, "'zstd'", "");
      for (int frame = 0; frame < frames; frame++) {
        Arrays.fill(bytes, (byte) (frame + 1));
        ByteBuffer body = ByteBuffer.allocate(bytes.length + 100);
        body.put(Hex.bytes(frame == 0 ? "28b52ffd 00 80" : ""));
        for (int at = 0; at < bytes.length; at += 1 << 17) {
          body.put(Hex.bytes("000010")).put(bytes, at, 1 << 17);
        }
        byte[] sent = Arrays.copyOf(body.array(), body.position());
        target.send(Frame.zstd((long) frame * bytes.length, bytes, sent));
      }
      target.send(Frame.done((long) frames * bytes.length)).await(Frame.DONE);
      target.notePeak();
      target.tookAtMost(MEGABYTES);
    }
    try (InputStream written = Files.newInputStream(copy)) {
      for (int frame = 0; frame < frames; frame++) {
        Arrays.fill(bytes, (byte) (frame + 1));
        assertArrayEquals(bytes, written.readNBytes(bytes.length));
      }
      assertEquals(-1, written.read());
    }
  }

  @Test
  void piecesThatNobodyAskedForAreRefused() throws Exception {
    byte[] asked = Frame.runs(Frame.VERDICTS, 0, 5, 2 | Frame.SET | Frame.BY_PIECES);
    byte[] wrong = Frame.runs(Frame.VERDICTS, 0, 1 | Frame.SET | Frame.BY_PIECES);
    source(wrong, "by pieces, but the feature 'pieces' was not chosen");
    target(wrong, "by pieces, but the feature 'pieces' was not chosen");
    source(Frame.pieces(0, 0, 1), "PIECES of block 0, expected none");
    pieces(Frame.pieces(0, 0, 1), "PIECES of block 0, expected none");
    for (byte[] pieces :
        List.of(
            Frame.pieces(4, 0, 1),
            Frame.pieces(6, 0, 1),
            Frame.pieces(Long.MAX_VALUE, 0, 1),
            Frame.pieces(5, 1, 1),
            Frame.pieces(5, Integer.MAX_VALUE, 1),
            Frame.pieces(5, 0, 2),
            Frame.pieces(5, 0, 16_000))) {
      pieces(Frame.all(asked, pieces), "PIECES of block");
    }
    pieces(Frame.pieces(5, -1, 1), "PIECES piece 4294967295");
    pieces(Frame.of(Frame.PIECES, new byte[12]), "12 bytes, expected 20 to 131072");
  }

  private void pieces(byte[] frames, String... texts) throws Exception {
    try (Hostage source = new Hostage(SERVE, image).begin(SIZE, "'pieces'", "'salt': '5a17'")) {
      source.await(Frame.HASHES).send(frames).fails(texts);
    }
  }

  @Test
  void aSourceIsNotAskedForTheManyPiecesOfAHole() throws Exception {
    Path sparse = folder.resolve("sparse");
    try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
      file.setLength(1L << 40);
    }
    try (Hostage source = new Hostage(SERVE, sparse).begin(1L << 40, "'pieces'", "")) {
      source.await(Frame.HASHES);
      int asked = 1 | Frame.SET | Frame.BY_PIECES;
      source.send(Frame.runs(Frame.VERDICTS, 0, asked)).fails("pieces on block 0, which is zeros");
      source.tookAtMost(MEGABYTES);
    }
  }

  /** Every other byte of an image differs, and the data for them never comes. */
  @Test
  void aFloodOfVerdictsTakesNoMoreThanItsBound() throws Exception {
    byte[] bytes = new byte[(2 << 21) + 10];
    Arrays.fill(bytes, (byte) 'b');
    Path bytewise = Files.write(folder.resolve("bytewise"), bytes);
    // The bound alone is 32 MiB, and half as much again while it is reached.
    try (Hostage target = new Hostage(RECEIVE, bytewise, 1, "-Xmx96m -Xmn8m")) {
      target.begin(bytes.length);
      int[] runs = new int[16_000];
      for (int i = 0; i < runs.length; i += 2) {
        runs[i] = 1;
        runs[i + 1] = 1 | Frame.SET;
      }
      long decided = 0;
      for (long told = 0; told < bytes.length; ) {
        told += target.hashes();
        for (; decided + runs.length <= told; decided += runs.length) {
          target.send(Frame.runs(Frame.VERDICTS, decided, runs));
        }
      }
      target.send(Frame.runs(Frame.VERDICTS, decided, Arrays.copyOf(runs, 9_000)));
      target.fails("more than 2097150 parts of the image outstanding");
      target.tookAtMost(MEGABYTES);
    }
    assertArrayEquals(bytes, Files.readAllBytes(bytewise));
  }

  @Test
  void aTargetThatIsDeclaredDoneTooEarlyFails() throws Exception {
    target(Frame.done(0), "DONE after 0 of 64 verdicts");
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
        endpoint.tookAtMost(MEGABYTES);
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
  void namesAndFeaturesOfACoordinatorReachNoTerminalAsTheyAre() throws Exception {
    for (String name : List.of(SERVE, RECEIVE)) {
      try (Hostage endpoint = new Hostage(name, image)) {
        endpoint.begin(SIZE, "'\\u001b[2J\\u009b\\nmkfs: error: trust me'", "");
        endpoint.ends();
        String error = "the coordinator chose the unknown feature '";
        assertEquals(
            name + ": error: " + error + "\\x1b[2J\\x9b\\nmkfs: error: trust me'\n",
            endpoint.said());
      }
    }
  }

  /** A byte now and then is a sign of life, for as long as they come. */
  @Test
  void aPeerThatSendsAByteNowAndThenIsWaitedForUntilItSendsNoMore() throws Exception {
    byte[] verdicts = Frame.runs(Frame.VERDICTS, 0, 1);
    for (String name : List.of(SERVE, RECEIVE)) {
      try (Hostage endpoint = new Hostage(name, image).begin(SIZE, "", "'timeout': 1")) {
        endpoint.await(Frame.HASHES);
        long start = System.nanoTime();
        for (int i = 0; i < 10; i++) {
          endpoint.send(new byte[] {verdicts[i]});
          Thread.sleep(300);
        }
        assertTrue(endpoint.isAlive(), endpoint::said);
        String silence = "no sign of life from the coordinator for 1 seconds";
        endpoint.failsSaying(name + ": error: " + silence + "\n", silence);
        endpoint.tookAtMost(MEGABYTES);
        assertTrue(System.nanoTime() - start < 20_000_000_000L);
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
