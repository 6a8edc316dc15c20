package io.iblocksync.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZerosTest {
  private static final int LARGE = 1 << 20;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSingleByteThatIsNotZeroIsFoundAtTheEndOfAnySize(boolean direct) {
    ByteBuffer buffer = allocate(direct, LARGE);
    for (int length = 1; length <= LARGE; length += length < 300 ? 1 : length / 7) {
      assertTrue(Zeros.isZero(buffer, 0, length), "zeros, " + length);
      buffer.put(length - 1, (byte) 1);
      assertFalse(Zeros.isZero(buffer, 0, length), "last byte set, " + length);
      assertTrue(Zeros.isZero(buffer, 0, length - 1), "all but the last, " + length);
      buffer.put(length - 1, (byte) 0);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSingleByteThatIsNotZeroIsFoundAtAnyPlace(boolean direct) {
    int length = 40_000;
    ByteBuffer buffer = allocate(direct, length);
    for (int place = 0; place < length; place++) {
      buffer.put(place, (byte) 0x80);
      assertFalse(Zeros.isZero(buffer, 0, length), "byte " + place);
      buffer.put(place, (byte) 0);
    }
  }

  @Test
  void onlyTheGivenBytesCount() {
    ByteBuffer buffer = ByteBuffer.allocate(LARGE).put(4, (byte) 1).put(LARGE - 1, (byte) 1);
    assertTrue(Zeros.isZero(buffer, 5, LARGE - 6));
    assertFalse(Zeros.isZero(buffer, 4, LARGE - 6));
    assertFalse(Zeros.isZero(buffer, 5, LARGE - 5));
  }

  @Test
  void noBytesAreZeros() {
    assertTrue(Zeros.isZero(ByteBuffer.allocate(0), 0, 0));
  }

  @Test
  void theBuffersPositionStaysAsItIs() {
    ByteBuffer buffer = ByteBuffer.allocate(100).position(30).limit(60);
    assertTrue(Zeros.isZero(buffer, 0, 60));
    assertEquals(30, buffer.position());
    assertEquals(60, buffer.limit());
  }

  @Test
  void bytesBeyondTheLimitAreRefused() {
    ByteBuffer buffer = ByteBuffer.allocate(100).limit(60);
    assertThrows(IndexOutOfBoundsException.class, () -> Zeros.isZero(buffer, 0, 61));
    assertThrows(IndexOutOfBoundsException.class, () -> Zeros.isZero(buffer, 0, -1));
  }

  private static ByteBuffer allocate(boolean direct, int size) {
    return direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
  }
}
