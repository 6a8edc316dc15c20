package io.iblocksync.hash;

import java.nio.ByteBuffer;

/**
 * Hashes blocks one by one, each independently of the others.
 *
 * <p>Not safe for use by several threads: every hashing thread has one of its own.
 */
public interface BlockHasher {
  /**
   * Consumes all that remains of a block and puts its digest, {@link HashAlgorithm#length()} bytes,
   * into {@code digests} from {@code offset} on.
   *
   * @throws IndexOutOfBoundsException if the digest does not fit there; the block is untouched
   */
  void hash(ByteBuffer block, byte[] digests, int offset);

  /**
   * Consumes all that remains of a part of a block; the other parts follow, then {@link #finish}.
   */
  void update(ByteBuffer part);

  /**
   * Puts the digest of the parts into {@code digests} from {@code offset} on.
   *
   * @throws IndexOutOfBoundsException if the digest does not fit there
   */
  void finish(byte[] digests, int offset);
}
