package io.iblocksync.protocol;

import java.util.List;

/**
 * What crosses the wire in protocol 2, one frame each; the frames' layout stands in PROTOCOL.md and
 * at the fields in {@link FrameReader} and {@link FrameWriter}.
 *
 * <p>Messages are immutable by convention: nobody changes an array that a message holds. The bytes
 * of blocks are never part of a message: those of {@link Data} follow it on the wire and stay in
 * buffers that are used again.
 */
public sealed interface Message {

  /**
   * The hashes of consecutive blocks, from an endpoint.
   *
   * @param first number of the first block
   * @param runs in block order, without gaps; at least one
   */
  record Hashes(long first, List<HashRun> runs) implements Message {
    /** How many blocks the runs cover. */
    public long blocks() {
      long blocks = 0;
      for (HashRun run : runs) {
        blocks += run.count();
      }
      return blocks;
    }
  }

  /**
   * Consecutive blocks that either all hold nothing but zeros or have a digest each.
   *
   * @param count how many blocks, at least one
   * @param digests null for zeros; else the digests, one behind the other, from index {@code from}
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
   * Which of consecutive blocks differ, from the coordinator to both endpoints.
   *
   * @param first number of the first block
   * @param runs in block order, without gaps: the count of blocks in the low 30 bits, the top bit
   *     set if they differ, the next one too if that is to be found out piece by piece; at least
   *     one
   */
  record Verdicts(long first, int[] runs) implements Message {
    /** The most blocks of a run. */
    public static final int MAX_COUNT = (1 << 30) - 1;

    private static final int DIFFERS = 1 << 31;
    private static final int PIECES = 1 << 30;

    public static int run(boolean differs, int count) {
      return differs ? count | DIFFERS : count;
    }

    /** A run of blocks that differ and of whose pieces the target sends hashes. */
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

    /** Refuses runs by pieces where these were not chosen. */
    public void check(boolean pieces) throws ProtocolException {
      for (int run : runs) {
        if (byPieces(run) && !pieces) {
          throw new ProtocolException("VERDICTS by pieces, which were not chosen");
        }
      }
    }
  }

  /**
   * Bytes of the image that the target lacks, from the source through the coordinator; {@code
   * bodyLength} bytes follow on the wire.
   *
   * @param offset of the first byte in the image
   * @param length bytes of the image, at least one
   * @param crc CRC-32C as {@link Checksums#data} forms it
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
   * Hashes of consecutive pieces of a block of the target's that differs, through the coordinator
   * to the source.
   *
   * @param block its number
   * @param piece number of the first piece, within the block
   * @param hashes of {@link PieceHasher#HASH} bytes each, one behind the other
   */
  record Pieces(long block, int piece, byte[] hashes) implements Message {}

  /** How the bytes of {@link Data} are carried; the ordinal is the code on the wire. */
  enum Encoding {
    /** As they are. */
    RAW,
    /** All of them are zero, none is carried. */
    ZEROS,
    /** As the next part of the session's stream of zstd. */
    ZSTD
  }

  /**
   * The sender has sent all that it will send, and (the target) all of it is on the medium.
   *
   * @param bytes source, and coordinator to target: the sum of the lengths of all {@link Data};
   *     target: the bytes that it wrote
   * @param digest of the image, as its sender has it
   */
  record Done(long bytes, ImageDigest.Value digest) implements Message {}

  /**
   * The sender has failed and sends nothing more.
   *
   * @param errno the system's number of the error, 0 if there is none
   * @param text for the user, one line
   */
  record Failure(int errno, String text) implements Message {}

  /**
   * What the sender's work came to, before its {@link Done}.
   *
   * @param read bytes that it read from its image
   * @param written bytes that it wrote to it
   * @param zeros how many of the blocks that it looked at hold nothing but zeros
   * @param flush nanoseconds that the last flush took
   * @param verify nanoseconds that verifying took
   */
  record Stats(long read, long written, long zeros, long flush, long verify) implements Message {}

  /**
   * The user should know of this, though nothing has failed.
   *
   * @param text one line, not empty
   */
  record Warning(String text) implements Message {}

  /** A sign of life from a sender that has nothing else to say at the moment. */
  record Alive() implements Message {}
}
