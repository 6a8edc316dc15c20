package io.iblocksync.receive;

import io.iblocksync.hash.BlockHasher;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.image.Zeros;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.ImageDigest;
import java.nio.ByteBuffer;

/**
 * Hashes blocks whose bytes come in order, in pieces cut anywhere, and adds them to the digest of
 * the image. A block of zeros adds nothing, in whatever form it came. For one thread.
 */
final class BlockRehasher {
  private static final int ZEROS = 1 << 14;

  private final Geometry geometry;
  private final BlockHasher hasher;
  private final ImageDigest digest;
  private final byte[] hash;
  private final ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS);

  /** Zeros at the begin of the current block that have not been hashed: it may be all zeros. */
  private long leadingZeros;

  private boolean hashing;

  /**
   * @param geometry the source's image
   */
  BlockRehasher(Geometry geometry, HashAlgorithm algorithm, ImageDigest digest) {
    this.geometry = geometry;
    this.hasher = algorithm.newHasher();
    this.digest = digest;
    this.hash = new byte[algorithm.length()];
  }

  /** Takes the remaining bytes of {@code body}, which are consumed. */
  void bytes(long offset, ByteBuffer body) {
    long at = offset;
    int limit = body.limit();
    while (body.position() < limit) {
      int length = (int) Math.min(limit - body.position(), end(at) - at);
      body.limit(body.position() + length);
      if (!hashing && Zeros.isZero(body, body.position(), length)) {
        leadingZeros += length;
        body.position(body.limit());
      } else {
        hashZerosBefore();
        hasher.update(body);
      }
      at += length;
      body.limit(limit);
      endBlock(at);
    }
  }

  /** Takes zeros. */
  void zeros(long offset, long length) {
    long at = offset;
    long end = offset + length;
    if (hashing || leadingZeros > 0) {
      at = Math.min(end, end(at));
      leadingZeros += at - offset;
      hashIfBegun();
      endBlock(at);
    }
    // Whole blocks add nothing; what is left begins another one.
    if (at < end && end < geometry.size()) {
      leadingZeros += end % geometry.blockSize();
    }
  }

  private void hashIfBegun() {
    if (hashing) {
      hashZerosBefore();
    }
  }

  private void hashZerosBefore() {
    hashing = true;
    for (; leadingZeros > 0; leadingZeros -= zeros.limit()) {
      zeros.clear().limit((int) Math.min(ZEROS, leadingZeros));
      hasher.update(zeros);
    }
  }

  /** If the block has come to its end, adds it. */
  private void endBlock(long at) {
    if (at != geometry.size() && at % geometry.blockSize() != 0) {
      return;
    }
    if (hashing) {
      hasher.finish(hash, 0);
      digest.add((at - 1) / geometry.blockSize(), 1, hash, 0);
    }
    hashing = false;
    leadingZeros = 0;
  }

  /** Where the block ends that has the byte at {@code offset}. */
  private long end(long offset) {
    long block = offset / geometry.blockSize();
    return geometry.offset(block) + geometry.length(block);
  }
}
