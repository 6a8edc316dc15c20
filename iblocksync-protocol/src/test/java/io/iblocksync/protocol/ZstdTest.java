package io.iblocksync.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.Hex;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ZstdTest {
  private final Random random = TempImages.random("ZstdTest");

  @Test
  void bodiesOfAllLengthsAndLevelsComeBack() throws IOException {
    try (ZstdEncoder encoder = new ZstdEncoder(3);
        ZstdDecoder decoder = new ZstdDecoder()) {
      for (int i = 0; i < 30; i++) {
        byte[] bytes = i % 3 == 0 ? text(1 + random.nextInt(Frames.MAX_DATA)) : noise(1 + i * i);
        encoder.level(1 + random.nextInt(9));
        ByteBuffer body = encode(encoder, bytes);
        assertEquals(ByteBuffer.wrap(bytes), decode(decoder, body, bytes.length));
      }
    }
  }

  @Test
  void noiseOfTheLargestLengthFitsIntoTheLargestBody() throws IOException {
    try (ZstdEncoder encoder = new ZstdEncoder(1)) {
      assertTrue(encode(encoder, noise(Frames.MAX_DATA)).remaining() <= Frames.MAX_BODY);
    }
  }

  @Test
  void whatCameBeforeMakesABodyShorter() throws IOException {
    try (ZstdEncoder encoder = new ZstdEncoder(3)) {
      byte[] noise = noise(200_000);
      encode(encoder, noise);
      encode(encoder, noise(Frames.MAX_DATA));
      assertTrue(encode(encoder, noise).remaining() < 20_000);
    }
  }

  @Test
  void anotherLevelForgetsNothing() throws IOException {
    try (ZstdEncoder encoder = new ZstdEncoder(9);
        ZstdDecoder decoder = new ZstdDecoder()) {
      byte[] noise = noise(200_000);
      decode(decoder, encode(encoder, noise), noise.length);
      for (int level : new int[] {1, 12, 3}) {
        encoder.level(level);
        ByteBuffer body = encode(encoder, noise);
        assertTrue(body.remaining() < 20_000, level + ": " + body.remaining());
        assertEquals(ByteBuffer.wrap(noise), decode(decoder, body, noise.length));
      }
    }
  }

  @Test
  void whatCameLongBeforeMakesABodyShorter() throws IOException {
    try (ZstdEncoder encoder = new ZstdEncoder(1);
        ZstdDecoder decoder = new ZstdDecoder()) {
      byte[] first = noise(Frames.MAX_DATA);
      decode(decoder, encode(encoder, first), first.length);
      for (int i = 0; i < 60; i++) {
        byte[] other = noise(Frames.MAX_DATA);
        decode(decoder, encode(encoder, other), other.length);
      }
      ByteBuffer body = encode(encoder, first);
      assertTrue(body.remaining() < 20_000, body.remaining() + " bytes");
      assertEquals(ByteBuffer.wrap(first), decode(decoder, body, first.length));
    }
  }

  @Test
  void aBodyForMoreBytesThanItNamesIsRefusedAndNoneOfThemIsWritten() throws IOException {
    try (ZstdEncoder encoder = new ZstdEncoder(3);
        ZstdDecoder decoder = new ZstdDecoder()) {
      ByteBuffer bomb = encode(encoder, new byte[Frames.MAX_DATA]);
      ByteBuffer into = ByteBuffer.allocateDirect(2000);
      assertThrows(ProtocolException.class, () -> decoder.decode(bomb, 1000, into));
      assertEquals(0, into.duplicate().clear().get(1000));
      assertTrue(into.position() <= 1000);
    }
  }

  @Test
  void bytesThatABodyHasTooManyDoNotBeginTheNextOne() throws IOException {
    try (ZstdDecoder decoder = new ZstdDecoder()) {
      // A block of 8 bytes as they are, which zstd takes in whole although 4 bytes find no room.
      ByteBuffer body = body("28b52ffd 00 78 400000 6162636465666768");
      ProtocolException e = assertThrows(ProtocolException.class, () -> decode(decoder, body, 4));
      assertEquals("DATA zstd decompresses to more than the expected 4 bytes", e.getMessage());
    }
  }

  @Test
  void aWindowOfMoreThan64MiBIsRefusedAsAreFramesThatCannotBeTheStreams() throws IOException {
    assertDecodes("28b52ffd 00 80 200000 61626364");
    for (String wrong :
        List.of(
            "28b52ffd 00 81 200000 61626364", // 72 MiB
            "28b52ffd 00 88 200000 61626364", // 128 MiB
            "28b52ffd 00 ff 200000 61626364", // the largest that can be named
            "28b52ffd e0 0000000000010000 200000 61626364", // one segment of 2^40 bytes
            "28b52ffd 01 78 05 200000 61626364", // with a dictionary
            "27b52ffd 00 0f 200000 61626364", // zstd 0.7
            "26b52ffd 0f 400004 61626364", // zstd 0.6
            "25b52ffd 0f 400004 61626364", // zstd 0.5
            "1f8b0800 00000000 0003")) { // gzip
      assertThrows(ProtocolException.class, () -> assertDecodes(wrong), wrong);
    }
  }

  private static void assertDecodes(String digits) throws IOException {
    try (ZstdDecoder decoder = new ZstdDecoder()) {
      ByteBuffer bytes = decode(decoder, body(digits), 4);
      assertEquals(ByteBuffer.wrap(new byte[] {'a', 'b', 'c', 'd'}), bytes);
    }
  }

  private static ByteBuffer body(String digits) {
    byte[] bytes = Hex.bytes(digits);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  @Test
  void aBodyForFewerBytesThanItNamesIsRefused() throws IOException {
    try (ZstdEncoder encoder = new ZstdEncoder(3);
        ZstdDecoder decoder = new ZstdDecoder()) {
      ByteBuffer body = encode(encoder, text(1000));
      assertThrows(ProtocolException.class, () -> decode(decoder, body, 1001));
    }
  }

  @Test
  void whatIsNoZstdIsRefused() throws IOException {
    for (int i = 0; i < 20; i++) {
      ByteBuffer body = ByteBuffer.allocateDirect(100).put(noise(100)).flip();
      try (ZstdDecoder decoder = new ZstdDecoder()) {
        assertThrows(ProtocolException.class, () -> decode(decoder, body, 1000));
      }
    }
  }

  @Test
  void aBodyWithAChangedByteIsRefusedOrGivesBytesOfTheSameLength() throws IOException {
    for (int i = 0; i < 50; i++) {
      try (ZstdEncoder encoder = new ZstdEncoder(3);
          ZstdDecoder decoder = new ZstdDecoder()) {
        ByteBuffer body = encode(encoder, text(5000));
        int at = random.nextInt(body.limit());
        body.put(at, (byte) (body.get(at) ^ (1 << random.nextInt(8))));
        try {
          assertEquals(5000, decode(decoder, body, 5000).remaining());
        } catch (ProtocolException e) {
          assertTrue(e.getMessage().startsWith("DATA zstd "), e.getMessage());
        }
      }
    }
  }

  @Test
  void aHigherLevelMakesLess() throws IOException {
    byte[] text = text(500_000);
    try (ZstdEncoder low = new ZstdEncoder(1);
        ZstdEncoder raised = new ZstdEncoder(1)) {
      raised.level(12);
      int most = encode(low, text).remaining();
      assertTrue(encode(raised, text).remaining() < most);
    }
  }

  @Test
  void anotherLevelBeginsNoFrameAndForgetsNothing() throws IOException {
    byte[] noise = noise(200_000);
    try (ZstdEncoder encoder = new ZstdEncoder(3);
        ZstdDecoder decoder = new ZstdDecoder()) {
      decode(decoder, encode(encoder, noise), noise.length);
      encoder.level(9);
      ByteBuffer again = encode(encoder, noise);
      assertTrue(again.remaining() < 20_000);
      assertEquals(ByteBuffer.wrap(noise), decode(decoder, again, noise.length));
    }
  }

  @Test
  void aBodyThatFindsNoRoomIsTheCallersFault() throws IOException {
    try (ZstdEncoder encoder = new ZstdEncoder(3)) {
      ByteBuffer from = ByteBuffer.allocateDirect(1000).put(noise(1000)).flip();
      ByteBuffer into = ByteBuffer.allocateDirect(500);
      assertThrows(IllegalArgumentException.class, () -> encoder.encode(from, into));
    }
  }

  @Test
  void bytesAreAppendedAndTheRoomBehindThemStays() throws IOException {
    byte[] text = text(3000);
    try (ZstdEncoder encoder = new ZstdEncoder(3);
        ZstdDecoder decoder = new ZstdDecoder()) {
      ByteBuffer into = ByteBuffer.allocateDirect(5000);
      into.put((byte) 1);
      ByteBuffer body = encode(encoder, text);
      decoder.decode(body, text.length, into);
      assertEquals(0, body.remaining());
      assertEquals(1 + text.length, into.position());
      assertEquals(5000, into.limit());
      assertEquals(1, into.get(0));
      assertEquals(ByteBuffer.wrap(text), into.slice(1, text.length));
    }
  }

  private byte[] noise(int length) {
    return TempImages.bytes(random, length);
  }

  private byte[] text(int length) {
    byte[] text = new byte[length];
    for (int i = 0; i < length; i++) {
      text[i] = (byte) ('a' + random.nextInt(1 + i % 7));
    }
    return text;
  }

  private static ByteBuffer encode(ZstdEncoder encoder, byte[] bytes) {
    ByteBuffer from = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    ByteBuffer body = ByteBuffer.allocateDirect(Frames.MAX_BODY);
    encoder.encode(from, body);
    assertEquals(0, from.remaining());
    return body.flip();
  }

  private static ByteBuffer decode(ZstdDecoder decoder, ByteBuffer body, int length)
      throws IOException {
    ByteBuffer into = ByteBuffer.allocateDirect(length);
    decoder.decode(body, length, into);
    return into.flip();
  }
}
