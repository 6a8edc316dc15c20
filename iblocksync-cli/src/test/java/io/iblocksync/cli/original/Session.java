package io.iblocksync.cli.original;

import java.util.Arrays;

/**
 * A recorded session of the original.
 *
 * @param target null if there was no file
 * @param targetAfter what a correct receive leaves
 */
record Session(
    String name,
    String algorithm,
    int blockSize,
    byte[] source,
    byte[] target,
    byte[] targetAfter,
    Exchange serve,
    Exchange receive) {

  static final String PARTIAL_UNCHANGED = "partial last block, unchanged";

  /** How many blocks both images have. */
  int common() {
    return Math.min(
        Wire.blocks(source.length, blockSize),
        target == null ? 0 : Wire.blocks(target.length, blockSize));
  }

  /** Whether our coordinator syncs the two images without a question. */
  boolean accepted() {
    return target == null || target.length == 0 || target.length == source.length;
  }

  int digestBytes() {
    return common() * Digests.length(algorithm);
  }

  /**
   * How the session goes under a coordinator that answers ACK for every common block that is
   * partial on either side. Only one recording changes by that.
   */
  Session withPartialBlocksSent() {
    if (!name.equals(PARTIAL_UNCHANGED)) {
      return this;
    }
    byte[] signals = serve.receivedAfterLines();
    signals[signals.length - 1] = Wire.ACK;
    int from = source.length / blockSize * blockSize;
    byte[] block = Arrays.copyOfRange(source, from, source.length);
    return new Session(
        name,
        algorithm,
        blockSize,
        source,
        target,
        targetAfter,
        new Exchange(
            serve.arguments(),
            Exchange.join(serve.receivedLines(), signals),
            Exchange.join(serve.answer(), digests(serve), block, new byte[] {Wire.EOT}),
            serve.exitStatus()),
        new Exchange(
            receive.arguments(),
            Exchange.join(receive.receivedLines(), signals, block),
            Exchange.join(receive.answer(), digests(receive), new byte[] {Wire.NAK, Wire.EOT}),
            receive.exitStatus()));
  }

  private byte[] digests(Exchange exchange) {
    return Arrays.copyOf(exchange.sentAfterAnswer(), digestBytes());
  }
}
