package io.iblocksync.protocol;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Computes the checksum of a DATA frame; not thread-safe. */
public final class Checksums {
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer fields = ByteBuffer.allocate(1 + 8 + 8);

  /**
   * Returns the CRC-32C (RFC 3720, appendix B.4) of the fields {@code encoding}, {@code offset} and
   * {@code length} as they are on the wire, followed by the image's bytes. It covers the fields so
   * that it detects the right bytes at a wrong place, too.
   *
   * @param body the image's bytes, from position to limit, neither of which changes; empty for
   *     zeros
   */
  public int data(Message.Encoding encoding, long offset, long length, ByteBuffer body) {
    fields.clear().put((byte) encoding.ordinal()).putLong(offset).putLong(length).flip();
    crc.reset();
    crc.update(fields);
    crc.update(body.duplicate());
    return (int) crc.getValue();
  }
}
