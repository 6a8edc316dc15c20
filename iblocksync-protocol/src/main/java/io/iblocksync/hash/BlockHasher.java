package io.iblocksync.hash;

import java.nio.ByteBuffer;

/**
 * Hashes blocks one by one, each independently of the others.
 *
 * <p>Not safe for use by several threads: each hashing thread has its own instance.
 */
public interface BlockHasher {
  /**
   * Consumes the remaining bytes of a block and writes its digest, {@link HashAlgorithm#length()}
   * bytes, into {@code digests}, starting at index {@code offset}.
   *
   * @throws IndexOutOfBoundsException if the digest does not fit there; the block is not consumed
   */
  void hash(ByteBuffer block, byte[] digests, int offset);

  /**
   * Consumes the remaining bytes of one part of a block. The caller passes the parts in order and
   * then calls {@link #finish}.
   */
  void update(ByteBuffer part);

  /**
   * Writes the digest of the parts since the last digest into {@code digests}, starting at index
   * {@code offset}. The hasher is then ready for the next block.
   *
   * @throws IndexOutOfBoundsException if the digest does not fit there; the hasher keeps the parts
   */
  void finish(byte[] digests, int offset);
}
