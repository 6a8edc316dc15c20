package io.iblocksync.protocol;

import java.util.List;

/**
 * The messages of protocol 2; each crosses the wire as one frame. The layout of the frames is in
 * PROTOCOL.md, and in comments of {@link FrameReader} and {@link FrameWriter}.
 *
 * <p>Messages are immutable by convention: no code changes an array that a message holds. A message
 * never contains the bytes of blocks: the body of {@link Data} follows it on the wire and stays in
 * buffers, which are reused.
 */
public sealed interface Message {

  /**
   * The hashes of consecutive blocks, from an endpoint to the coordinator.
   *
   * @param first the number of the first block
   * @param runs in block order, without gaps; at least one
   */
  record Hashes(long first, List<HashRun> runs) implements Message {
    /** Returns the number of blocks in all runs. */
    public long blocks() {
      long blocks = 0;
      for (HashRun run : runs) {
        blocks += run.count();
      }
      return blocks;
    }
  }

  /**
   * Consecutive blocks: either all of them are zeros, or each has a digest.
   *
   * @param count the number of blocks, at least one
   * @param digests null for zeros; else the digests, one after the other, starting at index {@code
   *     from}
   */
  record HashRun(int count, byte[] digests, int from) {
    public static HashRun zeros(int count) {
      return new HashRun(count, null, 0);
    }

    public boolean zeros() {
      return digests == null;
    }
  }

  /**
   * Says which of consecutive blocks differ, from the coordinator to both endpoints.
   *
   * @param first the number of the first block
   * @param runs in block order, without gaps, at least one: the number of blocks in the low 30
   *     bits; the top bit is set if they differ; the next bit is set, too, if the target sends the
   *     hashes of their pieces
   */
  record Verdicts(long first, int[] runs) implements Message {
    /** The most blocks in a run. */
    public static final int MAX_COUNT = (1 << 30) - 1;

    private static final int DIFFERS = 1 << 31;
    private static final int PIECES = 1 << 30;

    /** Encodes a run of blocks. */
    public static int run(boolean differs, int count) {
      return differs ? count | DIFFERS : count;
    }

    /** Encodes a run of differing blocks for which the target sends the hashes of the pieces. */
    public static int runByPieces(int count) {
      return count | DIFFERS | PIECES;
    }

    /** Whether the target sends the hashes of these blocks' pieces. */
    public static boolean byPieces(int run) {
      return (run & PIECES) != 0;
    }

    public static boolean differs(int run) {
      return run < 0;
    }

    public static int count(int run) {
      return run & MAX_COUNT;
    }

    /**
     * Refuses runs by pieces, unless the coordinator has chosen that feature.
     *
     * @param pieces whether the coordinator has chosen it
     */
    public void check(boolean pieces) throws ProtocolException {
      for (int run : runs) {
        if (byPieces(run) && !pieces) {
          throw new ProtocolException(
              "VERDICTS run by pieces, but the feature 'pieces' was not chosen");
        }
      }
    }
  }

  /**
   * Bytes of the image that the target lacks, from the source through the coordinator to the
   * target.
   *
   * @param offset of the first byte in the image
   * @param length the number of bytes of the image, at least one
   * @param crc CRC-32C as {@link Checksums#data} computes it
   * @param bodyLength how many bytes follow this message on the wire
   */
  record Data(Encoding encoding, long offset, long length, int crc, int bodyLength)
      implements Message {
    /** Data that is not compressed. */
    public Data(Encoding encoding, long offset, long length, int crc) {
      this(encoding, offset, length, crc, encoding == Encoding.RAW ? (int) length : 0);
    }
  }

  /**
   * The target's hashes of consecutive pieces of a differing block, from the target through the
   * coordinator to the source.
   *
   * @param block the number of the block
   * @param piece the number of the first piece, within the block
   * @param hashes {@link PieceHasher#HASH} bytes for each piece, one after the other
   */
  record Pieces(long block, int piece, byte[] hashes) implements Message {}

  /** How the body of {@link Data} encodes the bytes; the ordinal is the code on the wire. */
  enum Encoding {
    /** The body is the bytes. */
    RAW,
    /** All bytes are zero, and the body is empty. */
    ZEROS,
    /** The body is the next part of the session's zstd stream. */
    ZSTD
  }

  /**
   * The sender has sent everything. From the target also: all that it wrote is on stable storage.
   *
   * @param bytes from the source, and from the coordinator to the target: the sum of the lengths of
   *     all {@link Data}; from the target: the number of bytes that it wrote
   * @param digest the digest of the image, as the sender computed it
   */
  record Done(long bytes, DigestValue digest) implements Message {}

  /**
   * The sender has failed and sends nothing more.
   *
   * @param errno the system's error number, 0 if there is none
   * @param text for the user, one line
   */
  record Failure(int errno, String text) implements Message {}

  /**
   * Figures on the sender's work, sent before its {@link Done}.
   *
   * @param read the bytes that it read from its image
   * @param written the bytes that it wrote to its image
   * @param zeros how many of the blocks that it examined are all zeros
   * @param flush the duration of the last flush, in nanoseconds
   * @param verify the duration of the verification, in nanoseconds
   */
  record Stats(long read, long written, long zeros, long flush, long verify) implements Message {}

  /**
   * A warning for the user; nothing has failed.
   *
   * @param text one line, not empty
   */
  record Warning(String text) implements Message {}

  /** A sign of life from a sender that has nothing else to send at the moment. */
  record Alive() implements Message {}
}
