package io.iblocksync.serve;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntropyTest {
  private final Random random = new Random(1);
  private final Entropy entropy = new Entropy();

  private ByteBuffer noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private ByteBuffer text(int length) {
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.append("line ").append(random.nextInt(100)).append(" of a text\n");
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.wrap(bytes, 0, length);
  }

  @Test
  void noiseLooksRandomAndTextDoesNot() {
    assertTrue(entropy.looksRandom(noise(1 << 20)));
    assertTrue(entropy.looksRandom(noise(1 << 13)));
    assertFalse(entropy.looksRandom(text(1 << 20)));
    assertFalse(entropy.looksRandom(text(100)));
  }
}
