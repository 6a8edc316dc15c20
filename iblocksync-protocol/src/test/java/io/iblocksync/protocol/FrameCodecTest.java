package io.iblocksync.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.protocol.Message.Alive;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.Message.Failure;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.Message.Warning;
import io.iblocksync.testing.Hex;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameCodecTest {
  private static final int DIGEST = 4;

  /** Two digests, three blocks of zeros, one digest, from block 0x0102030405060708 on. */
  private static final String HASHES =
      "00000024 01 0102030405060708"
          + " 00000002 a0a1a2a3 b0b1b2b3"
          + " 80000003"
          + " 00000001 c0c1c2c3"
          + " ffffffff";

  private static final String VERDICTS = "00000014 02 00000000000000ff 00000005 80000001 3fffffff";
  private static final String RAW =
      "00000018 03 00 0000000100000000 0000000000000003 deadbeef 0a0b0c";
  private static final String ZEROS = "00000015 03 01 0000000000001000 0000010000000000 01020304";
  private static final DigestValue IMAGE =
      new DigestValue(0x0123456789abcdefL, 0xfedcba9876543210L);
  private static final String DONE =
      "00000018 04 7fffffffffffffff 0123456789abcdef fedcba9876543210";
  private static final String FAILURE = "00000007 05 0000001c c3bc21";
  private static final String STATS =
      "00000028 06 0102030405060708 0000000000000002 0000000000000003 0000000000000004"
          + " 7fffffffffffffff";
  private static final String WARNING = "00000003 07 c3bc21";

  @Test
  void hashesAreWrittenAsLaidDown() {
    byte[] digests = Hex.bytes("00 a0a1a2a3 b0b1b2b3 c0c1c2c3");
    Hashes hashes =
        new Hashes(
            0x0102030405060708L,
            List.of(
                new HashRun(2, digests, 1),
                HashRun.zeros(3),
                new HashRun(1, digests, 9),
                HashRun.zeros(Integer.MAX_VALUE)));
    assertWritten(HASHES, hashes);
  }

  @Test
  void hashesAreReadAsLaidDown() throws IOException {
    Hashes hashes = assertInstanceOf(Hashes.class, read(HASHES));
    assertEquals(0x0102030405060708L, hashes.first());
    assertEquals(6 + (long) Integer.MAX_VALUE, hashes.blocks());
    assertEquals(4, hashes.runs().size());
    assertDigests("a0a1a2a3 b0b1b2b3", hashes.runs().get(0));
    assertZeros(3, hashes.runs().get(1));
    assertDigests("c0c1c2c3", hashes.runs().get(2));
    assertZeros(Integer.MAX_VALUE, hashes.runs().get(3));
  }

  @Test
  void verdictsAreWrittenAsLaidDown() {
    int[] runs = {
      Verdicts.run(false, 5), Verdicts.run(true, 1), Verdicts.run(false, Verdicts.MAX_COUNT)
    };
    assertWritten(VERDICTS, new Verdicts(255, runs));
  }

  @Test
  void verdictsAreReadAsLaidDown() throws IOException {
    Verdicts verdicts = assertInstanceOf(Verdicts.class, read(VERDICTS));
    assertEquals(255, verdicts.first());
    assertArrayEquals(new int[] {5, 1 | 1 << 31, Verdicts.MAX_COUNT}, verdicts.runs());
    assertTrue(Verdicts.differs(verdicts.runs()[1]));
    assertEquals(1, Verdicts.count(verdicts.runs()[1]));
    assertFalse(Verdicts.differs(verdicts.runs()[2]));
  }

  @Test
  void verdictsByPiecesAreThoseOfBlocksThatDiffer() throws IOException {
    String frame = "0000000c 02 0000000000000000 c0000007";
    int run = assertInstanceOf(Verdicts.class, read(frame)).runs()[0];
    assertEquals(Verdicts.runByPieces(7), run);
    assertTrue(Verdicts.differs(run) && Verdicts.byPieces(run));
    assertEquals(7, Verdicts.count(run));
    assertRefused(
        "VERDICTS run by pieces, but its blocks do not differ",
        "0000000c 02 0000000000000000 40000007");
  }

  @Test
  void piecesAreWrittenAndReadAsLaidDown() throws IOException {
    byte[] hashes = Hex.bytes("0102030405060708 1112131415161718");
    String frame = "0000001c 09 0000000100000000 00000005 0102030405060708 1112131415161718";
    assertWritten(frame, new Pieces(1L << 32, 5, hashes));
    Pieces pieces = assertInstanceOf(Pieces.class, read(frame));
    assertEquals(1L << 32, pieces.block());
    assertEquals(5, pieces.piece());
    assertArrayEquals(hashes, pieces.hashes());
    assertRefused(
        "PIECES with 9 bytes of hashes, expected a multiple of 8",
        "00000015 09 0000000000000000 00000000 000000000000000000");
    assertRefused(
        "PIECES piece 4294967295, expected at most 2147483647",
        "00000014 09 0000000000000000 ffffffff 0000000000000000");
  }

  @Test
  void rawDataIsWrittenAsLaidDown() {
    Data data = new Data(Encoding.RAW, 1L << 32, 3, 0xdeadbeef);
    assertWritten(RAW.substring(0, RAW.lastIndexOf(' ')), data);
  }

  @Test
  void rawDataIsReadAsLaidDown() throws IOException {
    FrameReader in = reader(RAW + DONE);
    Data data = assertInstanceOf(Data.class, in.read());
    assertEquals(new Data(Encoding.RAW, 1L << 32, 3, 0xdeadbeef), data);
    ByteBuffer body = ByteBuffer.allocate(5).put((byte) 9);
    in.readBody(data, body);
    assertEquals(4, body.position());
    assertEquals(5, body.limit());
    assertArrayEquals(Hex.bytes("09 0a0b0c 00"), body.array());
    assertEquals(new Done(Long.MAX_VALUE, IMAGE), in.read());
  }

  @Test
  void zerosAreWrittenAsLaidDown() {
    assertWritten(ZEROS, new Data(Encoding.ZEROS, 4096, 1L << 40, 0x01020304));
  }

  @Test
  void zerosAreReadAsLaidDownAndHaveNoBody() throws IOException {
    FrameReader in = reader(ZEROS + DONE);
    Data data = assertInstanceOf(Data.class, in.read());
    assertEquals(new Data(Encoding.ZEROS, 4096, 1L << 40, 0x01020304), data);
    in.readBody(data, ByteBuffer.allocate(0));
    assertEquals(new Done(Long.MAX_VALUE, IMAGE), in.read());
  }

  @Test
  void aSignOfLifeIsWrittenAndReadAsLaidDown() throws IOException {
    assertWritten("00000000 08", new Message.Alive());
    assertEquals(new Message.Alive(), read("00000000 08"));
    assertRefused("ALIVE frame of 1 bytes, expected 0 to 0", "00000001 08 00");
  }

  @Test
  void doneIsWrittenAndReadAsLaidDown() throws IOException {
    assertWritten(DONE, new Done(Long.MAX_VALUE, IMAGE));
    assertEquals(new Done(Long.MAX_VALUE, IMAGE), read(DONE));
    assertEquals(new Done(0, DigestValue.ZERO), read("00000018 04" + " 00".repeat(24)));
  }

  @Test
  void failureIsWrittenAndReadAsLaidDown() throws IOException {
    assertWritten(FAILURE, new Failure(28, "ü!"));
    assertEquals(new Failure(28, "ü!"), read(FAILURE));
    assertEquals(new Failure(0, ""), read("00000004 05 00000000"));
  }

  @Test
  void statsAreWrittenAndReadAsLaidDown() throws IOException {
    Stats stats = new Stats(0x0102030405060708L, 2, 3, 4, Long.MAX_VALUE);
    assertWritten(STATS, stats);
    assertEquals(stats, read(STATS));
  }

  @Test
  void aWarningIsWrittenAndReadAsLaidDown() throws IOException {
    assertWritten(WARNING, new Warning("ü!"));
    assertEquals(new Warning("ü!"), read(WARNING));
  }

  @Test
  void aTextThatIsTooLongIsCutWhenWritten() throws IOException {
    ByteBuffer out = ByteBuffer.allocate(8192);
    new FrameWriter(DIGEST).write(new Failure(0, "x".repeat(Frames.MAX_TEXT + 9)), out);
    Failure failure = assertInstanceOf(Failure.class, reader(out.flip()).read());
    assertEquals("x".repeat(Frames.MAX_TEXT), failure.text());
  }

  @Test
  void aTextThatIsNotUtf8IsNoProtocolError() throws IOException {
    Failure failure = assertInstanceOf(Failure.class, read("00000006 05 00000005 ff41"));
    assertEquals("\ufffdA", failure.text());
  }

  @Test
  void theEndOfTheInputBetweenFramesIsNoMessage() throws IOException {
    FrameReader in = reader(DONE);
    assertInstanceOf(Done.class, in.read());
    assertNull(in.read());
    assertNull(in.read());
  }

  @Test
  void anInputThatEndsWithinAFrameIsAPeerThatIsGone() {
    for (String frame : List.of(HASHES, VERDICTS, RAW, ZEROS, DONE, FAILURE, STATS, WARNING)) {
      byte[] bytes = Hex.bytes(frame);
      for (int length = 1; length < bytes.length; length++) {
        FrameReader in = reader(ByteBuffer.wrap(bytes, 0, length));
        assertThrows(PeerGoneException.class, () -> readWhole(in), frame + " cut to " + length);
      }
    }
  }

  @Test
  void aFrameOfUnknownTypeIsRefused() {
    assertRefused("frame of unknown type 0, expected 1 to 9", "00000008 00 0000000000000000");
    assertRefused("frame of unknown type 10, expected 1 to 9", "00000008 0a 0000000000000000");
    assertRefused("frame of unknown type 255, expected 1 to 9", "00000008 ff 0000000000000000");
  }

  @Test
  void aLengthOutsideOfTheBoundsOfItsTypeIsRefusedBeforeThePayloadIsRead() {
    assertRefused("HASHES frame of 11 bytes, expected 12 to 131072", "0000000b 01");
    assertRefused("HASHES frame of 131073 bytes, expected 12 to 131072", "00020001 01");
    assertRefused("VERDICTS frame of 8 bytes, expected 12 to 131072", "00000008 02");
    assertRefused("VERDICTS frame of 4294967295 bytes, expected 12 to 131072", "ffffffff 02");
    assertRefused("DATA frame of 20 bytes, expected 21 to 1056789", "00000014 03");
    assertRefused("DATA frame of 1056790 bytes, expected 21 to 1056789", "00102016 03");
    assertRefused("DONE frame of 23 bytes, expected 24 to 24", "00000017 04");
    assertRefused("DONE frame of 25 bytes, expected 24 to 24", "00000019 04");
    assertRefused("FAILURE frame of 3 bytes, expected 4 to 4100", "00000003 05");
    assertRefused("FAILURE frame of 4101 bytes, expected 4 to 4100", "00001005 05");
    assertRefused("FAILURE frame of 2147483648 bytes, expected 4 to 4100", "80000000 05");
  }

  @Test
  void hashesWhoseRunsDoNotFitTheFrameAreRefused() {
    assertRefused(
        "HASHES run of 2 digests of 4 bytes, but only 7 bytes are left in the frame",
        "00000013 01 0000000000000000 00000002 11111111 222222");
    assertRefused(
        "HASHES run of 2147483647 digests of 4 bytes, but only 4 bytes are left in the frame",
        "00000010 01 0000000000000000 7fffffff 11111111");
    assertRefused(
        "HASHES run of 1073741825 digests of 4 bytes, but only 4 bytes are left in the frame",
        "00000010 01 0000000000000000 40000001 11111111");
    assertRefused("HASHES frame ends within a run", "0000000f 01 0000000000000000 80000001 222222");
  }

  @Test
  void runsOfNoBlocksAreRefused() {
    assertRefused(
        "HASHES run of 0 blocks, expected at least 1", "0000000c 01 0000000000000000 00000000");
    assertRefused(
        "HASHES run of 0 blocks, expected at least 1", "0000000c 01 0000000000000000 80000000");
    assertRefused(
        "VERDICTS run of 0 blocks, expected at least 1", "0000000c 02 0000000000000000 00000000");
    assertRefused(
        "VERDICTS run of 0 blocks, expected at least 1", "0000000c 02 0000000000000000 80000000");
  }

  @Test
  void verdictsThatEndWithinARunAreRefused() {
    assertRefused(
        "VERDICTS frame of 15 bytes ends within a run",
        "0000000f 02 0000000000000000 00000001 000000");
  }

  @Test
  void negativeNumbersAreRefused() {
    assertRefused(
        "HASHES first 18446744073709551615, expected at most 9223372036854775807",
        "0000000c 01 ffffffffffffffff 80000001");
    assertRefused(
        "VERDICTS first 9223372036854775808, expected at most 9223372036854775807",
        "0000000c 02 8000000000000000 80000001");
    assertRefused(
        "DATA offset 18446744073709551615, expected at most 9223372036854775807",
        "00000015 03 01 ffffffffffffffff 0000000000000001 00000000");
    assertRefused(
        "DONE bytes 18446744073709551614, expected at most 9223372036854775807",
        "00000018 04 fffffffffffffffe" + " 00".repeat(16));
  }

  @Test
  void dataOfNoBytesOrPastTheLargestOffsetIsRefused() {
    assertRefused(
        "DATA length 0 at offset 5, expected 1 to 9223372036854775802",
        "00000015 03 01 0000000000000005 0000000000000000 00000000");
    assertRefused(
        "DATA length -1 at offset 5, expected 1 to 9223372036854775802",
        "00000015 03 01 0000000000000005 ffffffffffffffff 00000000");
    assertRefused(
        "DATA length 9223372036854775807 at offset 1, expected 1 to 9223372036854775806",
        "00000015 03 01 0000000000000001 7fffffffffffffff 00000000");
  }

  @Test
  void dataWhoseBodyIsNotOfItsLengthIsRefused() {
    assertRefused(
        "DATA RAW of length 2 with a body of 1 bytes, expected a body of the same length, at most"
            + " 1048576",
        "00000016 03 00 0000000000000000 0000000000000002 00000000 00");
    assertRefused(
        "DATA RAW of length 4294967297 with a body of 1 bytes, expected a body of the same length,"
            + " at most 1048576",
        "00000016 03 00 0000000000000000 0000000100000001 00000000 00");
    assertRefused(
        "DATA ZEROS of length 1 with a body of 1 bytes, expected no body",
        "00000016 03 01 0000000000000000 0000000000000001 00000000 00");
  }

  @Test
  void compressedDataHasABodyAndIsNoLongerThanAFrameOfRawDataCanBe() throws IOException {
    assertRefused(
        "DATA ZSTD of length 1 with a body of 0 bytes, expected a body, and a length of at most"
            + " 1048576",
        "00000015 03 02 0000000000000000 0000000000000001 00000000");
    assertRefused(
        "DATA ZSTD of length 1048577 with a body of 1 bytes, expected a body, and a length of at"
            + " most 1048576",
        "00000016 03 02 0000000000000000 0000000000100001 00000000 00");
    assertEquals(
        new Data(Encoding.ZSTD, 0, 1048576, 0, 1),
        reader("00000016 03 02 0000000000000000 0000000000100000 00000000 00").read());
  }

  @Test
  void dataOfUnknownEncodingIsRefused() {
    assertRefused(
        "DATA encoding 3, expected 0 to 2",
        "00000015 03 03 0000000000000000 0000000000000001 00000000");
    assertRefused(
        "DATA encoding 255, expected 0 to 2",
        "00000015 03 ff 0000000000000000 0000000000000001 00000000");
  }

  @Test
  void aBodyThatDoesNotFitTheCallersBufferIsTheCallersFault() throws IOException {
    FrameReader in = reader(RAW);
    Data data = assertInstanceOf(Data.class, in.read());
    assertThrows(IllegalArgumentException.class, () -> in.readBody(data, ByteBuffer.allocate(2)));
  }

  private static void assertWritten(String expected, Message message) {
    ByteBuffer out = ByteBuffer.allocate(256);
    new FrameWriter(DIGEST).write(message, out);
    byte[] written = Arrays.copyOf(out.array(), out.position());
    assertEquals(expected.replace(" ", ""), Hex.text(written));
  }

  @Test
  void aFrameThatIsRefusedIsNamedByItsOffsetInTheConversation() throws IOException {
    byte[] line = "a line\n".getBytes(StandardCharsets.UTF_8);
    byte[] frames = Hex.bytes("00000000 08 0000000c 01 0000000000000000 00000000");
    byte[] all = Arrays.copyOf(line, line.length + frames.length);
    System.arraycopy(frames, 0, all, line.length, frames.length);
    ByteArrayInputStream stream = new ByteArrayInputStream(all);
    WireReader wire = new WireReader(Channels.newChannel(stream), false);
    assertEquals("a line", wire.readLine(100));
    FrameReader in = new FrameReader(wire, DIGEST);
    assertEquals(new Alive(), in.read());
    ProtocolException e = assertThrows(ProtocolException.class, in::read);
    assertEquals(
        "HASHES run of 0 blocks, expected at least 1 (in the frame at byte 12 of the conversation)",
        e.getMessage());
  }

  private static void assertRefused(String message, String frame) {
    ProtocolException e = assertThrows(ProtocolException.class, () -> read(frame));
    assertEquals(message + " (in the frame at byte 0 of the conversation)", e.getMessage());
  }

  private static void assertDigests(String expected, HashRun run) {
    byte[] bytes = Hex.bytes(expected);
    assertFalse(run.zeros());
    assertEquals(bytes.length, run.count() * DIGEST);
    int end = run.from() + bytes.length;
    assertArrayEquals(bytes, Arrays.copyOfRange(run.digests(), run.from(), end));
  }

  private static void assertZeros(int count, HashRun run) {
    assertTrue(run.zeros());
    assertEquals(count, run.count());
  }

  private static void readWhole(FrameReader in) throws IOException {
    if (in.read() instanceof Data data) {
      in.readBody(data, ByteBuffer.allocate(16));
    }
  }

  private static Message read(String frame) throws IOException {
    return reader(frame).read();
  }

  private static FrameReader reader(String frames) {
    return reader(ByteBuffer.wrap(Hex.bytes(frames)));
  }

  private static FrameReader reader(ByteBuffer bytes) {
    ByteArrayInputStream stream =
        new ByteArrayInputStream(bytes.array(), bytes.position(), bytes.remaining());
    return new FrameReader(new WireReader(Channels.newChannel(stream), false), DIGEST);
  }
}
