package io.iblocksync.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectBuffersTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 63, 64, 65, 1 << 20, (1 << 20) + 3})
  void aBufferHasTheBytesThatWereAskedForAndBeginsAPage(int bytes) {
    ByteBuffer buffer = DirectBuffers.allocate(bytes);
    assertTrue(buffer.isDirect());
    assertEquals(bytes, buffer.capacity());
    assertEquals(bytes, buffer.remaining());
    assertEquals(0, buffer.alignmentOffset(0, 4096));
  }
}
