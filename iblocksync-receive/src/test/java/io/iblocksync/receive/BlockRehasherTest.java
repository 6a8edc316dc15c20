package io.iblocksync.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.iblocksync.hash.BlockHasher;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.image.Zeros;
import io.iblocksync.protocol.DigestValue;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.ImageDigest;
import io.iblocksync.testing.TempImages;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlockRehasherTest {
  private static final int ROUNDS = 200;

  @ParameterizedTest
  @EnumSource
  void theDigestDoesNotDependOnHowTheBytesAreCutAndWhichZerosAreSpared(HashAlgorithm algorithm) {
    Random random = TempImages.random("ReceivedBlocksTest");
    for (int round = 0; round < ROUNDS; round++) {
      Geometry geometry = new Geometry(1 + random.nextInt(400), 1 + random.nextInt(50));
      byte[] image = TempImages.bytes(random, (int) geometry.size());
      for (int i = random.nextInt(6); i > 0; i--) {
        int start = random.nextInt(image.length);
        Arrays.fill(image, start, start + random.nextInt(image.length - start + 1), (byte) 0);
      }
      // From some block on, as if those before it were equal.
      int first = geometry.blockSize() * random.nextInt((int) geometry.blocks());
      assertEquals(
          whole(algorithm, geometry, image, first),
          inPieces(random, algorithm, geometry, image, first));
    }
  }

  private static DigestValue whole(
      HashAlgorithm algorithm, Geometry geometry, byte[] image, int first) {
    ImageDigest digest = new ImageDigest(algorithm.length());
    BlockHasher hasher = algorithm.newHasher();
    byte[] hash = new byte[algorithm.length()];
    for (long block = first / geometry.blockSize(); block < geometry.blocks(); block++) {
      ByteBuffer bytes =
          ByteBuffer.wrap(image, (int) geometry.offset(block), geometry.length(block)).slice();
      if (!Zeros.isZero(bytes, 0, bytes.limit())) {
        hasher.hash(bytes, hash, 0);
        digest.add(block, 1, hash, 0);
      }
    }
    return digest.value();
  }

  private static DigestValue inPieces(
      Random random, HashAlgorithm algorithm, Geometry geometry, byte[] image, int first) {
    ImageDigest digest = new ImageDigest(algorithm.length());
    BlockRehasher blocks = new BlockRehasher(geometry, algorithm, digest);
    for (int at = first; at < image.length; ) {
      int length = 1 + random.nextInt(image.length - at);
      if (image[at] == 0 && random.nextBoolean()) {
        int end = at;
        while (end < at + length && image[end] == 0) {
          end++;
        }
        blocks.zeros(at, end - at);
        at = end;
      } else {
        blocks.bytes(at, ByteBuffer.wrap(image, at, length));
        at += length;
      }
    }
    return digest.value();
  }
}
