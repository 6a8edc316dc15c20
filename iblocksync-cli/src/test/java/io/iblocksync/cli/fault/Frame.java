package io.iblocksync.cli.fault;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Frames of protocol 2 as bytes, laid out by hand as PROTOCOL.md has it, right or wrong. */
final class Frame {
  static final int HASHES = 1;
  static final int VERDICTS = 2;
  static final int DATA = 3;
  static final int DONE = 4;
  static final int FAILURE = 5;
  static final int WARNING = 7;
  static final int PIECES = 9;
  static final int SET = 1 << 31;

  /** With {@link #SET}: that the blocks differ, and that pieces of them are asked for. */
  static final int BY_PIECES = 1 << 30;

  private Frame() {}

  static byte[] of(int type, byte[] payload) {
    return claiming(payload.length, type, payload);
  }

  /** With a length that is not that of the payload. */
  static byte[] claiming(int length, int type, byte[] payload) {
    return ByteBuffer.allocate(5 + payload.length)
        .putInt(length)
        .put((byte) type)
        .put(payload)
        .array();
  }

  static byte[] runs(int type, long first, int... runs) {
    ByteBuffer payload = ByteBuffer.allocate(8 + 4 * runs.length).putLong(first);
    for (int run : runs) {
      payload.putInt(run);
    }
    return of(type, payload.array());
  }

  /** Digests of 4 bytes, all of them the same. */
  static byte[] hashes(long first, int count) {
    ByteBuffer payload = ByteBuffer.allocate(8 + 4 + 4 * count).putLong(first).putInt(count);
    Arrays.fill(payload.array(), 12, payload.capacity(), (byte) 0x77);
    return of(HASHES, payload.array());
  }

  /** Raw bytes of the image with the right check value. */
  static byte[] data(long offset, byte[] body) {
    return data(0, offset, body.length, body);
  }

  /** Zeros with the right check value. */
  static byte[] zeros(long offset, long length) {
    return data(1, offset, length, new byte[0]);
  }

  /** A body of zstd for these bytes, with the right check value. */
  static byte[] zstd(long offset, byte[] bytes, byte[] body) {
    return data(2, offset, bytes.length, body, bytes);
  }

  private static byte[] data(int encoding, long offset, long length, byte[] body) {
    return data(encoding, offset, length, body, body);
  }

  private static byte[] data(int encoding, long offset, long length, byte[] body, byte[] bytes) {
    ByteBuffer head = ByteBuffer.allocate(17).put((byte) encoding).putLong(offset).putLong(length);
    CRC32C crc = new CRC32C();
    crc.update(head.array());
    crc.update(bytes);
    ByteBuffer payload = ByteBuffer.allocate(21 + body.length).put(head.array());
    return of(DATA, payload.putInt((int) crc.getValue()).put(body).array());
  }

  /** With a digest of zeros. */
  static byte[] done(long bytes) {
    return of(DONE, ByteBuffer.allocate(8 + 16).putLong(bytes).array());
  }

  static byte[] pieces(long block, int piece, int count) {
    ByteBuffer payload = ByteBuffer.allocate(8 + 4 + 8 * count).putLong(block).putInt(piece);
    return of(PIECES, payload.array());
  }

  static byte[] all(byte[]... frames) {
    int length = Arrays.stream(frames).mapToInt(frame -> frame.length).sum();
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] frame : frames) {
      all.put(frame);
    }
    return all.array();
  }
}
