package io.iblocksync.hash;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Objects;

/** Hashes blocks with a message digest of the JDK. */
final class DigestHasher implements BlockHasher {
  private final MessageDigest digest;
  private final int length;

  DigestHasher(MessageDigest digest) {
    this.digest = digest;
    this.length = digest.getDigestLength();
  }

  @Override
  public void hash(ByteBuffer block, byte[] digests, int offset) {
    Objects.checkFromIndexSize(offset, length, digests.length);
    update(block);
    finish(digests, offset);
  }

  @Override
  public void update(ByteBuffer part) {
    digest.update(part);
  }

  @Override
  public void finish(byte[] digests, int offset) {
    Objects.checkFromIndexSize(offset, length, digests.length);
    try {
      digest.digest(digests, offset, length);
    } catch (DigestException e) {
      throw new IllegalStateException(e);
    }
  }
}
