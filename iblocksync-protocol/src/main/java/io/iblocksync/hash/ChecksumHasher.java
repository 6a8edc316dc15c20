package io.iblocksync.hash;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.Checksum;

/** Hashes blocks with a 32-bit checksum; the digest is its 4 bytes, big-endian. */
final class ChecksumHasher implements BlockHasher {
  private final Checksum checksum;

  ChecksumHasher(Checksum checksum) {
    this.checksum = checksum;
  }

  @Override
  public void hash(ByteBuffer block, byte[] digests, int offset) {
    Objects.checkFromIndexSize(offset, Integer.BYTES, digests.length);
    update(block);
    finish(digests, offset);
  }

  @Override
  public void update(ByteBuffer part) {
    checksum.update(part);
  }

  @Override
  public void finish(byte[] digests, int offset) {
    Objects.checkFromIndexSize(offset, Integer.BYTES, digests.length);
    int value = (int) checksum.getValue();
    digests[offset] = (byte) (value >>> 24);
    digests[offset + 1] = (byte) (value >>> 16);
    digests[offset + 2] = (byte) (value >>> 8);
    digests[offset + 3] = (byte) value;
    checksum.reset();
  }
}
