package io.iblocksync.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.testing.Hex;
import io.iblocksync.testing.TempImages;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChecksumsTest {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  @Test
  void theModelGivesTheValuesOfTheStandard() {
    // RFC 3720, appendix B.4.
    assertEquals(0x8a9136aa, crc32c(new byte[32]));
    byte[] ones = new byte[32];
    Arrays.fill(ones, (byte) 0xff);
    assertEquals(0x62a8ab43, crc32c(ones));
    byte[] rising = new byte[32];
    for (int i = 0; i < rising.length; i++) {
      rising[i] = (byte) i;
    }
    assertEquals(0x46dd794e, crc32c(rising));
    assertEquals(0xe3069283, crc32c("123456789".getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void theCheckOfDataIsThatOfItsFieldsAndBytesInTheOrderOfTheWire() {
    Random random = TempImages.random("ChecksumsTest");
    byte[] body = TempImages.bytes(random, 1000);
    long offset = random.nextLong() & Long.MAX_VALUE;
    byte[] all =
        ByteBuffer.allocate(17 + body.length)
            .put((byte) 0)
            .putLong(offset)
            .putLong(body.length)
            .put(body)
            .array();
    int crc = new Checksums().data(Encoding.RAW, offset, body.length, ByteBuffer.wrap(body));
    assertEquals(crc32c(all), crc);
  }

  @Test
  void theCheckOfZerosIsThatOfTheirFieldsAlone() {
    byte[] fields = Hex.bytes("01 0000000000001000 0000010000000000");
    int crc = new Checksums().data(Encoding.ZEROS, 4096, 1L << 40, NOTHING);
    assertEquals(crc32c(fields), crc);
  }

  @Test
  void theBodyKeepsItsPositionAndMayBeDirectOrASlice() {
    byte[] bytes = {9, 1, 2, 3, 9};
    Checksums checksums = new Checksums();
    int expected = checksums.data(Encoding.RAW, 7, 3, ByteBuffer.wrap(new byte[] {1, 2, 3}));
    ByteBuffer direct = ByteBuffer.allocateDirect(5).put(bytes).position(1).limit(4);
    assertEquals(expected, checksums.data(Encoding.RAW, 7, 3, direct));
    assertEquals(1, direct.position());
    assertEquals(4, direct.limit());
    assertEquals(expected, checksums.data(Encoding.RAW, 7, 3, ByteBuffer.wrap(bytes).slice(1, 3)));
  }

  @Test
  void bytesAtAnotherPlaceHaveAnotherCheck() {
    Checksums checksums = new Checksums();
    int here = checksums.data(Encoding.ZEROS, 4096, 512, NOTHING);
    assertNotEquals(here, checksums.data(Encoding.ZEROS, 8192, 512, NOTHING));
    assertNotEquals(here, checksums.data(Encoding.ZEROS, 4096, 1024, NOTHING));
  }

  /** Bit by bit, as the standard defines it. */
  private static int crc32c(byte[] bytes) {
    int crc = -1;
    for (byte next : bytes) {
      crc ^= next & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
      }
    }
    return ~crc;
  }
}
