package io.iblocksync.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.hash.BlockHasher;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.testing.Hex;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The session in hexadecimal on PROTOCOL.md is what the codec reads and writes. */
class SessionPageTest {
  private static final int BLOCK = 4;
  private static final int COMMON = 3;
  private static final Pattern BYTES =
      Pattern.compile("([0-9a-f]{2,}(?: {1,2}[0-9a-f]{2,})*)(?: {3,}[A-Z]+: .*)?");

  private final HashAlgorithm algorithm = HashAlgorithm.CRC32;
  private final FrameWriter writer = new FrameWriter(algorithm.length());
  private final String page;
  private final byte[] source;
  private final byte[] target;

  SessionPageTest() throws IOException {
    page = Files.readString(Path.of("PROTOCOL.md"));
    source = image("source");
    target = image("target");
  }

  private byte[] image(String side) {
    Matcher line = Pattern.compile("(?m)^" + side + " image  ([0-9a-f ]+)$").matcher(page);
    assertTrue(line.find(), side);
    return Hex.bytes(line.group(1));
  }

  /** The frames of the page under the line that says who sends them to whom. */
  private Map<String, StringBuilder> sent() {
    int start = page.indexOf("```text\nsource to coordinator\n");
    assertTrue(start > 0);
    String block = page.substring(start + 8, page.indexOf("\n```", start + 8));
    Map<String, StringBuilder> sent = new LinkedHashMap<>();
    StringBuilder bytes = null;
    for (String line : block.split("\n")) {
      if (!line.startsWith(" ")) {
        bytes = sent.computeIfAbsent(line, way -> new StringBuilder());
      } else {
        Matcher matcher = BYTES.matcher(line.strip());
        assertTrue(matcher.matches(), line);
        bytes.append(matcher.group(1)).append(' ');
      }
    }
    return sent;
  }

  /** Reads these frames, and checks that each is written as the page has it. */
  private List<Message> read(StringBuilder frames) throws IOException {
    byte[] bytes = Hex.bytes(frames.toString());
    WireReader in = new WireReader(Channels.newChannel(new ByteArrayInputStream(bytes)), false);
    FrameReader reader = new FrameReader(in, algorithm.length());
    ByteBuffer written = ByteBuffer.allocate(bytes.length);
    List<Message> messages = new ArrayList<>();
    for (Message message = reader.read(); message != null; message = reader.read()) {
      messages.add(message);
      writer.write(message, written);
      if (message instanceof Data data) {
        int from = written.position();
        reader.readBody(data, written);
        ByteBuffer body = written.duplicate().flip().position(from);
        assertEquals(
            new Checksums().data(data.encoding(), data.offset(), data.length(), body), data.crc());
        byte[] expected = new byte[(int) data.length()];
        System.arraycopy(source, (int) data.offset(), expected, 0, expected.length);
        assertEquals(Hex.text(expected), Hex.text(bytesOf(body)));
      }
    }
    assertEquals(Hex.text(bytes), Hex.text(written.array()));
    return messages;
  }

  private static byte[] bytesOf(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private byte[] digest(byte[] image, int block) {
    byte[] digest = new byte[algorithm.length()];
    BlockHasher hasher = algorithm.newHasher();
    hasher.hash(ByteBuffer.wrap(image, block * BLOCK, BLOCK), digest, 0);
    return digest;
  }

  private byte[] frame(Message message) {
    ByteBuffer out = ByteBuffer.allocate(256);
    writer.write(message, out);
    return bytesOf(out.flip());
  }

  private Hashes hashes(byte[] image) {
    return new Hashes(
        0,
        List.of(
            new HashRun(1, digest(image, 0), 0),
            HashRun.zeros(1),
            new HashRun(1, digest(image, COMMON - 1), 0)));
  }

  /** All that a side's endpoint says, in order; what only passes through it left out. */
  private List<Message> of(String... ways) throws IOException {
    StringBuilder frames = new StringBuilder();
    for (String way : ways) {
      frames.append(sent().get(way));
    }
    return read(frames);
  }

  @Test
  void bothSidesSendTheHashesOfTheirImages() throws IOException {
    Message ofSource = of("source to coordinator").get(0);
    Message ofTarget = of("target to coordinator").get(0);
    assertArrayEquals(frame(hashes(source)), frame(ofSource));
    assertArrayEquals(frame(hashes(target)), frame(ofTarget));
  }

  @Test
  void theCoordinatorSendsTheVerdictsOnThem() throws IOException {
    List<Message> said = of("coordinator to both");
    assertEquals(1, said.size());
    int[] runs = {Verdicts.run(false, 2), Verdicts.run(true, 1)};
    assertArrayEquals(frame(new Verdicts(0, runs)), frame(said.get(0)));
  }

  @Test
  void theSourceSendsWhatTheTargetLacksAndTheDigestOfAll() throws IOException {
    List<Message> said = of("source to coordinator to target");
    assertEquals(3, said.size());
    Data differs = (Data) said.get(0);
    Data past = (Data) said.get(1);
    assertEquals(List.of(8L, 4L), List.of(differs.offset(), differs.length()));
    assertEquals(List.of(12L, 2L), List.of(past.offset(), past.length()));
    assertEquals(Encoding.RAW, past.encoding());
    ImageDigest digest = new ImageDigest(algorithm.length());
    digest.add(hashes(source));
    digest.addData(past.offset(), past.crc());
    assertEquals(new Done(6, digest.value()), said.get(2));
    assertEquals(said.get(2), of("target to coordinator").get(2));
  }

  @Test
  void bothSidesSayWhatTheyHaveDone() throws IOException {
    assertEquals(new Stats(14, 0, 1, 0, 0), of("source to coordinator").get(1));
    Stats stats = (Stats) of("target to coordinator").get(1);
    assertEquals(new Stats(12, 6, 1, stats.flush(), 0), stats);
  }

  @Test
  void theWordsBesideTheBytesNameTheFrames() {
    Matcher line =
        Pattern.compile("(?m)^  [0-9a-f]{8} ([0-9a-f]{2})  .*?([A-Z]{4,}): ").matcher(page);
    int lines = 0;
    while (line.find()) {
      int code = Integer.parseInt(line.group(1), 16);
      assertEquals(code, FrameType.valueOf(line.group(2)).code, line.group());
      lines++;
    }
    assertEquals(7, lines);
  }
}
