package io.iblocksync.serve;

import io.iblocksync.endpoint.CoordinatorLink;
import io.iblocksync.protocol.Checksums;
import io.iblocksync.protocol.ImageDigest;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Encoding;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The one way of DATA to the wire, whoever has made it. Merges runs of zeros, counts what is sent,
 * and adds to the digest what no hash stands for. For the writer only.
 */
final class DataWriter {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final CoordinatorLink link;
  private final ImageDigest digest;
  private final long commonEnd;
  private final boolean hashAll;
  private final Checksums checksums = new Checksums();
  private long sentBytes;

  /** Zeros that are not written yet, for more may follow; 0 bytes for none. */
  private long zeros;

  private long zerosFrom;

  /**
   * @param commonEnd where the common blocks end, which no frame spans
   * @param hashAll whether the blocks past them are in the digest by their hashes
   */
  DataWriter(CoordinatorLink link, ImageDigest digest, long commonEnd, boolean hashAll) {
    this.link = link;
    this.digest = digest;
    this.commonEnd = commonEnd;
    this.hashAll = hashAll;
  }

  /** Writes DATA, which follows what was written before; zeros may wait for {@link #writeZeros}. */
  void write(Outgoing outgoing) throws IOException {
    Data data = outgoing.data();
    if (data.encoding() == Encoding.ZEROS) {
      addZeros(data.offset(), data.length());
      return;
    }
    writeZeros();
    if (data.offset() >= commonEnd && !hashAll) {
      digest.addData(data.offset(), data.crc());
    }
    link.write(data, outgoing.body());
    sentBytes += data.length();
  }

  /** A run of zeros is one frame however long it is. */
  private void addZeros(long offset, long length) throws IOException {
    if (zeros > 0 && (zerosFrom + zeros != offset || offset == commonEnd)) {
      writeZeros();
    }
    if (zeros == 0) {
      zerosFrom = offset;
    }
    zeros += length;
  }

  /** Writes the zeros that wait. */
  void writeZeros() throws IOException {
    if (zeros > 0) {
      int crc = checksums.data(Encoding.ZEROS, zerosFrom, zeros, NOTHING);
      link.write(new Data(Encoding.ZEROS, zerosFrom, zeros, crc));
      sentBytes += zeros;
      zeros = 0;
    }
  }

  /** How many bytes of the image were written, zeros that were not carried included. */
  long sentBytes() {
    return sentBytes;
  }
}
