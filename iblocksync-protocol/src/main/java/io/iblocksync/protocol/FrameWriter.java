package io.iblocksync.protocol;

import io.iblocksync.protocol.Message.Alive;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Failure;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.Message.Warning;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Encodes messages as frames of protocol 2. Mirrors {@link FrameReader}, name by name; the labels
 * are those of PROTOCOL.md.
 *
 * <p>Immutable. Writes into a big-endian buffer of the caller's, which must have space for the
 * whole frame; if it does not, that is the caller's fault (BufferOverflowException), and a part of
 * the frame may be in the buffer.
 */
public final class FrameWriter {
  private final int digestLength;

  /**
   * @param digestLength the length of a digest of the run's hash algorithm, in bytes
   */
  public FrameWriter(int digestLength) {
    this.digestLength = digestLength;
  }

  /** Appends a message's frame; for {@link Data} without the body, which the caller must append. */
  public void write(Message message, ByteBuffer out) {
    if (message instanceof Hashes hashes) {
      writeHashes(hashes, out);
    } else if (message instanceof Verdicts verdicts) {
      writeVerdicts(verdicts, out);
    } else if (message instanceof Data data) {
      writeData(data, out);
    } else if (message instanceof Done done) {
      writeDone(done, out);
    } else if (message instanceof Failure failure) {
      writeFailure(failure, out);
    } else if (message instanceof Pieces pieces) {
      writePieces(pieces, out);
    } else if (message instanceof Stats stats) {
      writeStats(stats, out);
    } else if (message instanceof Warning warning) {
      writeWarning(warning, out);
    } else if (message instanceof Alive) {
      writeAlive(out);
    } else {
      throw new IllegalArgumentException("no frame for " + message);
    }
  }

  // length u32 | HASHES | first u64 | { run u32: top bit zeros, count u31 | count digests } ...
  private void writeHashes(Hashes hashes, ByteBuffer out) {
    int start = begin(FrameType.HASHES, out);
    out.putLong(hashes.first());
    for (HashRun run : hashes.runs()) {
      out.putInt(run.zeros() ? run.count() | Integer.MIN_VALUE : run.count());
      if (!run.zeros()) {
        out.put(run.digests(), run.from(), run.count() * digestLength);
      }
    }
    end(start, out);
  }

  // length u32 | VERDICTS | first u64 | { run u32: top bit differs, next bit by pieces, count u30 }
  // ...
  private static void writeVerdicts(Verdicts verdicts, ByteBuffer out) {
    int start = begin(FrameType.VERDICTS, out);
    out.putLong(verdicts.first());
    for (int run : verdicts.runs()) {
      out.putInt(run);
    }
    end(start, out);
  }

  // length u32 | DATA | encoding u8 | offset u64 | length u64 | crc u32 | body
  private static void writeData(Data data, ByteBuffer out) {
    out.putInt(Frames.DATA_HEADER + data.bodyLength());
    out.put((byte) FrameType.DATA.code);
    out.put((byte) data.encoding().ordinal());
    out.putLong(data.offset());
    out.putLong(data.length());
    out.putInt(data.crc());
  }

  // length u32 | DONE | bytes u64 | digest u128
  private static void writeDone(Done done, ByteBuffer out) {
    int start = begin(FrameType.DONE, out);
    out.putLong(done.bytes());
    out.putLong(done.digest().high());
    out.putLong(done.digest().low());
    end(start, out);
  }

  // length u32 | PIECES | block u64 | piece u32 | hashes
  private static void writePieces(Pieces pieces, ByteBuffer out) {
    int start = begin(FrameType.PIECES, out);
    out.putLong(pieces.block());
    out.putInt(pieces.piece());
    out.put(pieces.hashes());
    end(start, out);
  }

  // length u32 | FAILURE | errno u32 | text
  private static void writeFailure(Failure failure, ByteBuffer out) {
    int start = begin(FrameType.FAILURE, out);
    out.putInt(failure.errno());
    putText(failure.text(), out);
    end(start, out);
  }

  // length u32 | STATS | read u64 | written u64 | zeros u64 | flush u64 | verify u64
  private static void writeStats(Stats stats, ByteBuffer out) {
    int start = begin(FrameType.STATS, out);
    out.putLong(stats.read());
    out.putLong(stats.written());
    out.putLong(stats.zeros());
    out.putLong(stats.flush());
    out.putLong(stats.verify());
    end(start, out);
  }

  // length u32 | WARNING | text
  private static void writeWarning(Warning warning, ByteBuffer out) {
    int start = begin(FrameType.WARNING, out);
    putText(warning.text(), out);
    end(start, out);
  }

  private static void putText(String text, ByteBuffer out) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.put(bytes, 0, Math.min(bytes.length, Frames.MAX_TEXT));
  }

  // length u32 | ALIVE
  private static void writeAlive(ByteBuffer out) {
    end(begin(FrameType.ALIVE, out), out);
  }

  private static int begin(FrameType type, ByteBuffer out) {
    int start = out.position();
    out.putInt(0);
    out.put((byte) type.code);
    return start;
  }

  private static void end(int start, ByteBuffer out) {
    int length = out.position() - start - Frames.HEADER;
    out.putInt(start, length);
  }
}
