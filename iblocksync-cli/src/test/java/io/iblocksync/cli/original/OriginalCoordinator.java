package io.iblocksync.cli.original;

import com.grack.nanojson.JsonObject;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * The coordinator of iblocksync 1.0.1, played from the description of its protocol, with every
 * question answered yes. It reads all the digests before it sends a signal, and sends all the
 * signals before it reads a block.
 */
final class OriginalCoordinator {
  /** In which order the two sides' digests are read, where the description leaves it open. */
  enum DigestOrder {
    BY_BLOCK,
    SOURCE_FIRST,
    TARGET_FIRST
  }

  /** The two pipes of an endpoint, which stay the caller's to close. */
  record Peer(InputStream from, OutputStream to) {
    Peer {
      from = new BufferedInputStream(from, 1 << 16);
      to = new BufferedOutputStream(to, 1 << 16);
    }
  }

  private final Peer serve;
  private final Peer receive;
  private final DigestOrder order;
  private final boolean refusesPartialBlocks;

  /** What went wrong, in the end. */
  String message = "";

  /** How many blocks crossed. */
  int transmitted;

  /** Whether receive said that it has cut the target. */
  boolean cut;

  /**
   * @param refusesPartialBlocks whether images of different sizes are refused when either has a
   *     partial last block: the original does so, and one that doesn't tries more of an endpoint
   */
  OriginalCoordinator(Peer serve, Peer receive, DigestOrder order, boolean refusesPartialBlocks) {
    this.serve = serve;
    this.receive = receive;
    this.order = order;
    this.refusesPartialBlocks = refusesPartialBlocks;
  }

  /** Plays the coordinator to its end. Returns the exit status. */
  int run() {
    try {
      return exchange();
    } catch (IOException e) {
      message = e.toString();
      return 1;
    }
  }

  private int exchange() throws IOException {
    send(serve, Wire.line(Wire.GREETING));
    send(receive, Wire.line(Wire.GREETING));
    JsonObject source = readInfo(serve);
    JsonObject target = readInfo(receive);
    long sourceSize = source.getLong("fileSize");
    long targetSize = target.getLong("fileSize");
    int blockSize = source.getInt("blockSize");
    if (refusesPartialBlocks
        && sourceSize > 0
        && targetSize > 0
        && sourceSize != targetSize
        && (sourceSize % blockSize != 0 || targetSize % blockSize != 0)) {
      throw new BrokenExchange("sizes that are no multiple of the block size");
    }
    send(serve, Wire.line(Json.print(target)));
    send(receive, Wire.line(Json.print(source)));

    int common = Math.min(Wire.blocks(sourceSize, blockSize), Wire.blocks(targetSize, blockSize));
    byte[] signals = compare(common, Digests.length(source.getString("hashAlgorithm")));
    send(serve, signals);
    send(receive, signals);

    for (int block = 0; block < Wire.blocks(sourceSize, blockSize); block++) {
      if (block >= common || signals[block] == Wire.ACK) {
        int length = (int) Math.min(blockSize, sourceSize - (long) block * blockSize);
        receive.to.write(Wire.readBytes(serve.from, length));
        transmitted++;
      }
    }
    receive.to.flush();
    Wire.readSignal(serve.from, Wire.EOT, Wire.EOT);
    cut = Wire.readSignal(receive.from, Wire.ACK, Wire.NAK) == Wire.ACK;
    Wire.readSignal(receive.from, Wire.EOT, Wire.EOT);
    return 0;
  }

  private static void send(Peer peer, byte[] bytes) throws IOException {
    peer.to.write(bytes);
    peer.to.flush();
  }

  private static JsonObject readInfo(Peer peer) throws IOException {
    JsonObject info = Json.parse(Wire.readLine(peer.from));
    if (info.has("error")) {
      throw new BrokenExchange(info.getString("error"));
    }
    return info;
  }

  private byte[] compare(int common, int length) throws IOException {
    byte[] source = new byte[common * length];
    byte[] target = new byte[common * length];
    switch (order) {
      case SOURCE_FIRST -> {
        source = Wire.readBytes(serve.from, source.length);
        target = Wire.readBytes(receive.from, target.length);
      }
      case TARGET_FIRST -> {
        target = Wire.readBytes(receive.from, target.length);
        source = Wire.readBytes(serve.from, source.length);
      }
      default -> {
        for (int at = 0; at < source.length; at += length) {
          System.arraycopy(Wire.readBytes(serve.from, length), 0, source, at, length);
          System.arraycopy(Wire.readBytes(receive.from, length), 0, target, at, length);
        }
      }
    }
    byte[] signals = new byte[common];
    for (int block = 0; block < common; block++) {
      int from = block * length;
      boolean equal = Arrays.equals(source, from, from + length, target, from, from + length);
      signals[block] = (byte) (equal ? Wire.NAK : Wire.ACK);
    }
    return signals;
  }
}
