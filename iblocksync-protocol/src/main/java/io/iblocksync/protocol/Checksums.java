package io.iblocksync.protocol;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The check value of a DATA frame; not thread-safe. */
public final class Checksums {
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer fields = ByteBuffer.allocate(1 + 8 + 8);

  /**
   * CRC-32C (RFC 3720, appendix B.4) of the fields {@code encoding}, {@code offset} and {@code
   * length} as they stand on the wire, and of the image's bytes, so that bytes at a wrong place are
   * found as well as wrong bytes.
   *
   * @param body the bytes of the image between position and limit, which stay as they are; nothing
   *     for zeros
   */
  public int data(Message.Encoding encoding, long offset, long length, ByteBuffer body) {
    fields.clear().put((byte) encoding.ordinal()).putLong(offset).putLong(length).flip();
    crc.reset();
    crc.update(fields);
    crc.update(body.duplicate());
    return (int) crc.getValue();
  }
}
