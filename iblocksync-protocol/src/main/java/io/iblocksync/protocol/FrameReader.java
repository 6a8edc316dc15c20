package io.iblocksync.protocol;

import io.iblocksync.protocol.Message.Alive;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.Message.Failure;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.Message.Warning;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the frames of protocol 2. Mirrors {@link FrameWriter}, name by name; the labels are those
 * of PROTOCOL.md. The reader checks every length, count and code before it uses it, and allocates
 * no more memory than the bound of the frame's type allows.
 *
 * <p>For one thread; does not close its input.
 */
public final class FrameReader {
  private static final Encoding[] ENCODINGS = Encoding.values();

  /** The offset in the conversation of the frame that is being or was read last. */
  private long start;

  private final WireReader in;
  private final int digestLength;

  /**
   * @param digestLength the length of a digest of the run's hash algorithm, in bytes
   */
  public FrameReader(WireReader in, int digestLength) {
    this.in = in;
    this.digestLength = digestLength;
  }

  /**
   * Reads the next message. After a {@link Data}, the caller must read its body with {@link
   * #readBody} before the next call.
   *
   * @return null if the input ends between two frames
   * @throws ProtocolException if the peer broke the protocol; it names the offset of the frame
   * @throws PeerGoneException if the input ends within a frame
   */
  public Message read() throws IOException {
    if (!in.hasMore()) {
      return null;
    }
    start = in.position();
    try {
      return readFrame();
    } catch (ProtocolException e) {
      throw located(e);
    }
  }

  /** The error with the offset of the message that was read last, which caused it. */
  public ProtocolException located(ProtocolException e) {
    return e.inFrameAt(start);
  }

  private Message readFrame() throws IOException {
    long length = in.readInt() & 0xffffffffL;
    FrameType type = FrameType.check(in.readByte(), length);
    return switch (type) {
      case HASHES -> readHashes((int) length);
      case VERDICTS -> readVerdicts((int) length);
      case DATA -> readData((int) length);
      case DONE -> readDone();
      case FAILURE -> readFailure((int) length);
      case PIECES -> readPieces((int) length);
      case STATS -> readStats();
      case ALIVE -> new Alive(); // nothing
      case WARNING -> readWarning((int) length);
    };
  }

  /**
   * Reads the body of the {@link Data} that {@link #read} returned last, and appends it to {@code
   * into}, which must have space for it.
   *
   * @throws PeerGoneException if the input ends within the body
   */
  public void readBody(Data data, ByteBuffer into) throws IOException {
    int limit = into.limit();
    into.limit(into.position() + data.bodyLength());
    in.readFully(into);
    into.limit(limit);
  }

  // first u64 | { run u32: top bit zeros, count u31 | count digests } ...
  private Hashes readHashes(int length) throws IOException {
    byte[] payload = new byte[length];
    ByteBuffer fields = ByteBuffer.wrap(payload);
    in.readFully(fields);
    fields.flip();
    long first = nonNegative(fields.getLong(), "HASHES first");
    List<HashRun> runs = new ArrayList<>();
    while (fields.hasRemaining()) {
      if (fields.remaining() < 4) {
        throw new ProtocolException("HASHES frame ends within a run");
      }
      int run = fields.getInt();
      int count = checkCount(run & Integer.MAX_VALUE, "HASHES");
      if (run < 0) {
        runs.add(HashRun.zeros(count));
      } else {
        if ((long) count * digestLength > fields.remaining()) {
          throw new ProtocolException(
              "HASHES run of %d digests of %d bytes, but only %d bytes are left in the frame"
                  .formatted(count, digestLength, fields.remaining()));
        }
        runs.add(new HashRun(count, payload, fields.position()));
        fields.position(fields.position() + count * digestLength);
      }
    }
    return new Hashes(first, runs);
  }

  // first u64 | { run u32: top bit differs, next bit by pieces, count u30 } ...
  private Verdicts readVerdicts(int length) throws IOException {
    if ((length - 8) % 4 != 0) {
      throw new ProtocolException("VERDICTS frame of " + length + " bytes ends within a run");
    }
    long first = nonNegative(in.readLong(), "VERDICTS first");
    int[] runs = new int[(length - 8) / 4];
    for (int i = 0; i < runs.length; i++) {
      runs[i] = in.readInt();
      checkCount(Verdicts.count(runs[i]), "VERDICTS");
      if (Verdicts.byPieces(runs[i]) && !Verdicts.differs(runs[i])) {
        throw new ProtocolException("VERDICTS run by pieces, but its blocks do not differ");
      }
    }
    return new Verdicts(first, runs);
  }

  // encoding u8 | offset u64 | length u64 | crc u32 | body
  private Data readData(int frameLength) throws IOException {
    int code = in.readByte();
    long offset = in.readLong();
    long length = in.readLong();
    int crc = in.readInt();
    if (code >= ENCODINGS.length) {
      throw new ProtocolException(
          "DATA encoding " + code + ", expected 0 to " + (ENCODINGS.length - 1));
    }
    nonNegative(offset, "DATA offset");
    if (length < 1 || length > Long.MAX_VALUE - offset) {
      throw new ProtocolException(
          "DATA length %d at offset %d, expected 1 to %d"
              .formatted(length, offset, Long.MAX_VALUE - offset));
    }
    Encoding encoding = ENCODINGS[code];
    int body = frameLength - Frames.DATA_HEADER;
    boolean fits =
        switch (encoding) {
          case RAW -> length == body && length <= Frames.MAX_DATA;
          case ZEROS -> body == 0;
          case ZSTD -> body > 0 && length <= Frames.MAX_DATA;
        };
    if (!fits) {
      throw new ProtocolException(
          "DATA %s of length %d with a body of %d bytes, expected %s"
              .formatted(encoding, length, body, expectedBody(encoding)));
    }
    return new Data(encoding, offset, length, crc, body);
  }

  private static String expectedBody(Encoding encoding) {
    return switch (encoding) {
      case RAW -> "a body of the same length, at most " + Frames.MAX_DATA;
      case ZEROS -> "no body";
      case ZSTD -> "a body, and a length of at most " + Frames.MAX_DATA;
    };
  }

  // bytes u64 | digest u128
  private Done readDone() throws IOException {
    long bytes = nonNegative(in.readLong(), "DONE bytes");
    return new Done(bytes, new DigestValue(in.readLong(), in.readLong()));
  }

  // block u64 | piece u32 | hashes
  private Pieces readPieces(int length) throws IOException {
    long block = nonNegative(in.readLong(), "PIECES block");
    int piece = in.readInt();
    byte[] hashes = new byte[length - 8 - 4];
    if (piece < 0) {
      throw new ProtocolException(
          "PIECES piece %s, expected at most %d"
              .formatted(Integer.toUnsignedString(piece), Integer.MAX_VALUE));
    }
    if (hashes.length % PieceHasher.HASH != 0) {
      throw new ProtocolException(
          "PIECES with %d bytes of hashes, expected a multiple of %d"
              .formatted(hashes.length, PieceHasher.HASH));
    }
    in.readFully(ByteBuffer.wrap(hashes));
    return new Pieces(block, piece, hashes);
  }

  // errno u32 | text
  private Failure readFailure(int length) throws IOException {
    int errno = in.readInt();
    return new Failure(errno, readText(length - 4));
  }

  // read u64 | written u64 | zeros u64 | flush u64 | verify u64
  private Stats readStats() throws IOException {
    return new Stats(
        nonNegative(in.readLong(), "STATS read"),
        nonNegative(in.readLong(), "STATS written"),
        nonNegative(in.readLong(), "STATS zeros"),
        nonNegative(in.readLong(), "STATS flush"),
        nonNegative(in.readLong(), "STATS verify"));
  }

  // text
  private Warning readWarning(int length) throws IOException {
    return new Warning(readText(length));
  }

  private String readText(int length) throws IOException {
    byte[] text = new byte[length];
    in.readFully(ByteBuffer.wrap(text));
    return new String(text, StandardCharsets.UTF_8);
  }

  private static long nonNegative(long value, String label) throws ProtocolException {
    if (value < 0) {
      throw new ProtocolException(
          "%s %s, expected at most %d"
              .formatted(label, Long.toUnsignedString(value), Long.MAX_VALUE));
    }
    return value;
  }

  private static int checkCount(int count, String label) throws ProtocolException {
    if (count == 0) {
      throw new ProtocolException(label + " run of 0 blocks, expected at least 1");
    }
    return count;
  }
}
