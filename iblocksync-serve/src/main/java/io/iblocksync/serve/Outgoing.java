package io.iblocksync.serve;

import io.iblocksync.protocol.Checksums;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.serve.DifferingParts.Part;
import java.nio.ByteBuffer;

/**
 * DATA that is ready to be written.
 *
 * @param data of zeros, it has no checksum yet: {@link DataWriter} merges adjacent runs of them
 * @param body what follows it, a slice of the chunk or what it was compressed to; null for zeros
 * @param last the chunk of which all is sent when this is written; null if more of it follows
 */
record Outgoing(Data data, ByteBuffer body, KeptChunk last) {

  /** A part as it is, without a copy. */
  static Outgoing raw(Part part, KeptChunk chunk, Checksums checksums) {
    ByteBuffer bytes = part.bytes();
    int crc = checksums.data(Encoding.RAW, part.offset(), part.length(), bytes);
    Data data = new Data(Encoding.RAW, part.offset(), part.length(), crc);
    return new Outgoing(data, bytes, part.last() ? chunk : null);
  }

  static Outgoing zeros(Part part, KeptChunk chunk) {
    Data data = new Data(Encoding.ZEROS, part.offset(), part.length(), 0);
    return new Outgoing(data, null, part.last() ? chunk : null);
  }
}
