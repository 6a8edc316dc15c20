package io.iblocksync.fuzz;

import io.iblocksync.protocol.FrameReader;
import io.iblocksync.protocol.FrameWriter;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.Message.Failure;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.Message.Warning;
import io.iblocksync.protocol.PieceHasher;
import io.iblocksync.protocol.WireReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Arrays;

/**
 * Frames of protocol 2: what is read is within its bounds, and is written as the same bytes again.
 * The first byte of the input says how long a digest is.
 */
public final class FrameFuzz {
  private FrameFuzz() {}

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    int digestLength = 1 + (input[0] & 63);
    byte[] frames = Arrays.copyOfRange(input, 1, input.length);
    WireReader wire = new WireReader(Channels.newChannel(new ByteArrayInputStream(frames)), false);
    FrameReader in = new FrameReader(wire, digestLength);
    FrameWriter writer = new FrameWriter(digestLength);
    ByteBuffer out = ByteBuffer.allocate(frames.length + 16);
    try {
      for (Message message = in.read(); message != null; message = in.read()) {
        int start = out.position();
        boolean hasText = message instanceof Failure || message instanceof Warning;
        check(message, digestLength, frames.length);
        if (hasText) {
          // What is no UTF-8 is replaced, by more bytes than it had.
          writer.write(message, ByteBuffer.allocate(1 << 14));
          int length = ByteBuffer.wrap(frames).getInt(start);
          out.position(start + 5 + length);
          continue;
        }
        writer.write(message, out);
        if (message instanceof Data data) {
          if (data.bodyLength() > out.remaining()) {
            return; // It cannot be there.
          }
          in.readBody(data, out);
        }
        if (!Arrays.equals(out.array(), start, out.position(), frames, start, out.position())) {
          throw new IllegalStateException("read and written again is another frame: " + message);
        }
      }
    } catch (IOException e) {
      return; // The peer's fault, or its end.
    }
  }

  private static void check(Message message, int digestLength, int available) {
    if (message instanceof Hashes hashes) {
      if (hashes.first() < 0 || hashes.blocks() < 1) {
        throw new IllegalStateException("hashes of " + hashes.blocks());
      }
      for (HashRun run : hashes.runs()) {
        if (!run.zeros()) {
          // Throws if they are not all there.
          ByteBuffer.wrap(run.digests(), run.from(), Math.multiplyExact(run.count(), digestLength));
        }
      }
    } else if (message instanceof Verdicts verdicts) {
      for (int run : verdicts.runs()) {
        if (verdicts.first() < 0 || Verdicts.count(run) < 1) {
          throw new IllegalStateException("verdicts on " + run);
        }
      }
    } else if (message instanceof Pieces pieces) {
      int bytes = pieces.hashes().length;
      if (pieces.block() < 0 || pieces.piece() < 0 || bytes == 0 || bytes % PieceHasher.HASH != 0) {
        throw new IllegalStateException("pieces of " + pieces.block() + ", " + bytes + " bytes");
      }
    } else if (message instanceof Data data) {
      if (data.offset() < 0 || Math.addExact(data.offset(), data.length()) < 1) {
        throw new IllegalStateException("data at " + data.offset() + ", " + data.length());
      }
      boolean zeros = data.encoding() == Encoding.ZEROS;
      int most = data.encoding() == Encoding.RAW ? Frames.MAX_DATA : Frames.MAX_BODY;
      if (data.bodyLength() < 0
          || data.bodyLength() > (zeros ? 0 : most)
          || data.length() > (zeros ? Long.MAX_VALUE : Frames.MAX_DATA)) {
        throw new IllegalStateException("a body of " + data.bodyLength());
      }
    }
  }
}
