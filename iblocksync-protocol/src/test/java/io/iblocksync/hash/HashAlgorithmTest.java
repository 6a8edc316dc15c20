package io.iblocksync.hash;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.commons.codec.binary.Hex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HashAlgorithmTest {
  private static final byte[] TEXT = "iblocksync".getBytes(US_ASCII);

  /** Of the ten bytes "iblocksync", as Python's hashlib and zlib and xxhsum give them. */
  @ParameterizedTest
  @CsvSource({
    "adler32, 16de0432",
    "crc32, 2bba76d8",
    "md5, 753a40f1ba732176eb768764ffa363b7",
    "sha1, 8311fb4afe2b6beb4533ddbeb30eb137cd2e5ab9",
    "sha224, 1e83e46367adbfaa43baea49f0e70d190553d84d8ef3d3a04a9f6ce0",
    "sha256, 5a0a9475b490c54b2ee04cdb4749a116cfe373e46cacd35275ce536bf7437eaa",
    "sha384, 4be985f6c22d7d0e380119d34cd3c120250e770d6602fb0e10ee2b6217e91dc8845d2bab0a6d"
        + "47e1d3efb361b27eb6b7",
    "sha512, ce348b7889ec5eed03e237f49ed6e126831e81d7a3d26c1d97efa5d9a53ddfbf375efd478cc6"
        + "dbc14c245942998e383610f0d3f38135305077885a40fef7c1a1",
    "sha3_224, ac6c8ca721fe31a9b1e24301d3a65f3408c0bda6a41ab861bcd04ebf",
    "sha3_256, 535d3689f1b81814694db34d9459785ad59e6dc7b3ed85c4610ebefefdf7b617",
    "sha3_384, c4c00353fc8c565956758b325e77f76994d0f42912999d196a2aa1f05bcd5889c1de2f9a9e"
        + "459dd9beecce532ea981f1",
    "sha3_512, 540780e9f7edff5ddb837f64cffd3e3fa133f408d33ab980d97f4de06b3477960b843265c0"
        + "1a01b995ccc06426fced92ca7660cf7b908fcbea6e7a5590adf2a2",
    "xxh128, e1758f1fb6e6307d098db39724aa48f2"
  })
  void digestsOfATextEqualTheReference(String name, String expected) {
    assertEquals(expected, hex(HashAlgorithm.of(name), ByteBuffer.wrap(TEXT)));
  }

  /** Of a block of 1 MiB of zeros, as Python's hashlib and zlib and xxhsum give them. */
  @ParameterizedTest
  @CsvSource({
    "adler32, 00f00001",
    "crc32, a738ea1c",
    "md5, b6d81b360a5672d80c27430f39153e2c",
    "sha1, 3b71f43ff30f4b15b5cd85dd9e95ebc7e84eb5a3",
    "sha224, aaaadedccb998ddb99d2c020b6585a5eceadcff0c348f35fe598b418",
    "sha256, 30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58",
    "sha384, 3164673a8ac27576ab5fc06b9adc4ce0aca5bd3025384b1cf2128a8795e747c431e882785a0b"
        + "f8dc70b42995db388575",
    "sha512, d6292685b380e338e025b3415a90fe8f9d39a46e7bdba8cb78c50a338cefca741f69e4e46411"
        + "c32de1afdedfb268e579a51f81ff85e56f55b0ee7c33fe8c25c9",
    "sha3_224, 8440e0366d98ac13845eafeb06f3a01e5c38fde44ef2caef5d8048c6",
    "sha3_256, 7e1839fd5b1f59802cdf1f098dd5198e49b2a242ec43a5e2f107d2e2e57b0f25",
    "sha3_384, 030b0057a7765647d67b38c91f9d45ba1aa6813e01da0b128c9ef56b96b334f22fe481754c"
        + "ef9c2bbc3f1d5b43e78ce4",
    "sha3_512, 7dab0a45cc88755f07291036b88f7a78f455c49e9832813c9e7da5f430a144fc5b6f82ad52"
        + "bb9620a6aa94d2542fc0b852ab9278fce2fe5d10397ff4901ca4b7",
    "xxh128, b6ef17a3448492b6918780b90550bf34"
  })
  void digestsOfABlockOfZerosEqualTheReference(String name, String expected) {
    assertEquals(expected, hex(HashAlgorithm.of(name), ByteBuffer.allocateDirect(1 << 20)));
  }

  @ParameterizedTest
  @EnumSource
  void directAndHeapBuffersHashEqually(HashAlgorithm algorithm) {
    byte[] bytes = new byte[10_007];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 >>> 3);
    }
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    ByteBuffer readOnly = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    String expected = hex(algorithm, ByteBuffer.wrap(bytes));
    assertEquals(expected, hex(algorithm, direct));
    assertEquals(expected, hex(algorithm, readOnly));
  }

  @ParameterizedTest
  @EnumSource
  void onlyTheRemainingBytesAreHashedAndAllOfThemConsumed(HashAlgorithm algorithm) {
    ByteBuffer block = ByteBuffer.allocate(30).put(7, TEXT).position(7).limit(7 + TEXT.length);
    String digest = hex(algorithm, block);
    assertEquals(hex(algorithm, ByteBuffer.wrap(TEXT)), digest);
    assertFalse(block.hasRemaining());
  }

  @ParameterizedTest
  @EnumSource
  void aHasherForgetsTheBlockBefore(HashAlgorithm algorithm) {
    BlockHasher hasher = algorithm.newHasher();
    byte[] digests = new byte[2 * algorithm.length()];
    hasher.hash(ByteBuffer.wrap(TEXT), digests, 0);
    hasher.hash(ByteBuffer.wrap(TEXT), digests, algorithm.length());
    assertArrayEquals(
        Arrays.copyOf(digests, algorithm.length()),
        Arrays.copyOfRange(digests, algorithm.length(), digests.length));
  }

  @ParameterizedTest
  @EnumSource
  void aDigestTouchesNothingBesideItsPlace(HashAlgorithm algorithm) {
    byte[] digests = new byte[algorithm.length() + 2];
    algorithm.newHasher().hash(ByteBuffer.wrap(TEXT), digests, 1);
    assertEquals(0, digests[0]);
    assertEquals(0, digests[digests.length - 1]);
    byte[] digest = Arrays.copyOfRange(digests, 1, digests.length - 1);
    assertEquals(hex(algorithm, ByteBuffer.wrap(TEXT)), Hex.encodeHexString(digest));
  }

  @ParameterizedTest
  @EnumSource
  void aDigestThatDoesNotFitLeavesTheBlockAlone(HashAlgorithm algorithm) {
    byte[] digests = new byte[algorithm.length()];
    ByteBuffer block = ByteBuffer.wrap(TEXT);
    BlockHasher hasher = algorithm.newHasher();
    assertThrows(IndexOutOfBoundsException.class, () -> hasher.hash(block, digests, 1));
    assertEquals(TEXT.length, block.remaining());
  }

  @ParameterizedTest
  @EnumSource
  void everyAlgorithmIsFoundByItsLabel(HashAlgorithm algorithm) {
    assertSame(algorithm, HashAlgorithm.of(algorithm.label()));
  }

  @Test
  void anUnknownNameIsNamedTogetherWithWhatIsSupported() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> HashAlgorithm.of("sha3-224"))
            .getMessage();
    assertTrue(message.contains("'sha3-224'"), message);
    assertTrue(message.contains("'adler32', 'crc32', 'md5'"), message);
    assertTrue(message.contains("'sha3_512'"), message);
  }

  private static String hex(HashAlgorithm algorithm, ByteBuffer block) {
    byte[] digest = new byte[algorithm.length()];
    algorithm.newHasher().hash(block, digest, 0);
    return Hex.encodeHexString(digest);
  }
}
