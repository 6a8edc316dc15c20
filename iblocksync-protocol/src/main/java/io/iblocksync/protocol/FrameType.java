package io.iblocksync.protocol;

/** The frame types of protocol 2: the code on the wire and the payload's bounds, in bytes. */
enum FrameType {
  HASHES(1, 8 + 4, Frames.MAX_BATCH),
  VERDICTS(2, 8 + 4, Frames.MAX_BATCH),
  DATA(3, Frames.DATA_HEADER, Frames.DATA_HEADER + Frames.MAX_BODY),
  DONE(4, Frames.DONE, Frames.DONE),
  FAILURE(5, 4, 4 + Frames.MAX_TEXT),
  STATS(6, 5 * 8, 5 * 8),
  WARNING(7, 1, Frames.MAX_TEXT),
  ALIVE(8, 0, 0),
  PIECES(9, 8 + 4 + PieceHasher.HASH, Frames.MAX_BATCH);

  private static final FrameType[] ALL = values();

  final int code;
  final int minLength;
  final int maxLength;

  FrameType(int code, int minLength, int maxLength) {
    this.code = code;
    this.minLength = minLength;
    this.maxLength = maxLength;
  }

  /**
   * Checks a frame's header before any of its payload is read.
   *
   * @param code the type on the wire
   * @param length of the payload
   */
  static FrameType check(int code, long length) throws ProtocolException {
    if (code < 1 || code > ALL.length) {
      throw new ProtocolException(
          "frame of unknown type " + code + ", expected 1 to " + ALL.length);
    }
    FrameType type = ALL[code - 1];
    if (length < type.minLength || length > type.maxLength) {
      throw new ProtocolException(
          "%s frame of %d bytes, expected %d to %d"
              .formatted(type, length, type.minLength, type.maxLength));
    }
    return type;
  }
}
