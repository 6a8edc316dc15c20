package io.iblocksync.image;

import java.nio.ByteBuffer;

/** Finds out cheaply whether bytes are all zero: holes need neither hashing nor moving. */
public final class Zeros {
  /** Small enough to stay in the first-level cache beside what it is compared with. */
  private static final int CHUNK = 8 << 10;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(CHUNK);

  private Zeros() {}

  /**
   * Whether the {@code length} bytes from {@code position} on are all zero; so are no bytes at all.
   * The buffer's own position and limit stay as they are. Safe for use by several threads.
   *
   * @throws IndexOutOfBoundsException if these bytes are not all below the buffer's limit
   */
  public static boolean isZero(ByteBuffer buffer, int position, int length) {
    if (length >= Long.BYTES && buffer.getLong(position) != 0) {
      return false; // Nearly all blocks with data: without the slices, which are garbage
      // afterwards.
    }
    int whole = length - length % CHUNK;
    for (int done = 0; done < whole; done += CHUNK) {
      if (buffer.slice(position + done, CHUNK).mismatch(ZEROS) >= 0) {
        return false;
      }
    }
    int rest = length - whole;
    return buffer.slice(position + whole, rest).mismatch(ZEROS.slice(0, rest)) < 0;
  }
}
