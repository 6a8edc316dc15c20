package io.iblocksync.hash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dynatrace.hash4j.hashing.Hashing;
import io.iblocksync.testing.JavaProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Xxh128HasherTest {
  /** A length on each side of every limit at which XXH3 goes another way, as xxhsum gives them. */
  @ParameterizedTest
  @CsvSource({
    "0, 99aa06d3014798d86001c324468d497f",
    "1, a6cd5e9392000f6ac44bdff4074eecdb",
    "3, b16e2e2befcec1a696d974416da0dc92",
    "4, de967f851b5fdd56913c5d95055c7a81",
    "8, 24bf688355d7ab0e1d0d6ef2786cd43c",
    "9, a817e0dedb53024fdaa4e81d16f5ba69",
    "16, c8466e2468074b8398f502051ba5867d",
    "17, e2770e11b085576de2be6c9438a84225",
    "128, 66686570bf8b4aab6795a594ee41442e",
    "129, 1ec4c85f9cf0746d6c1236bf735f9612",
    "240, f8496c3364e2c6762fa5f0454ca96167",
    "241, 5b52af35d8e2523cc041ab15d642052f",
    "1024, 0c9ede9d6650faa43c4590d600ab831c",
    "1025, 7308ab0c9aae266247bd6e43e4c239b9",
    "10007, bb3c6ccde18d6512db097d9e4a00322d"
  })
  void everyLengthHashesLikeTheReference(int length, String expected) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 >>> 3);
    }
    ByteBuffer odd = ByteBuffer.allocateDirect(length + 3).position(3).put(bytes);
    assertEquals(expected, hex(odd.flip().position(3)));
    assertEquals(expected, hex(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)));
  }

  @Test
  @Timeout(60)
  void whoTakesAnotherAlgorithmLoadsNothingOfIt() throws IOException {
    List<Class<?>> classes = List.of(Loads.class, HashAlgorithm.class, DigestUtils.class);
    assertEquals("loaded for SHA1 CRC32", JavaProcess.run(classes, "SHA1", "CRC32"));
    classes = List.of(Loads.class, HashAlgorithm.class, DigestUtils.class, Hashing.class);
    assertTrue(JavaProcess.run(classes, "XXH128").startsWith("loaded for XXH128"));
  }

  private static String hex(ByteBuffer block) {
    byte[] digest = new byte[16];
    new Xxh128Hasher().hash(block, digest, 0);
    return Hex.encodeHexString(digest);
  }

  /** Hashes a block with each of the algorithms; without hash4j on its class path that can fail. */
  static final class Loads {
    public static void main(String[] names) {
      StringBuilder text = new StringBuilder("loaded for");
      for (String name : names) {
        HashAlgorithm algorithm = HashAlgorithm.valueOf(name);
        algorithm.newHasher().hash(ByteBuffer.allocate(9), new byte[algorithm.length()], 0);
        text.append(' ').append(name);
      }
      System.out.println(text);
    }
  }
}
