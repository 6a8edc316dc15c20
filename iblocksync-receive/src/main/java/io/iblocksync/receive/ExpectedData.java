package io.iblocksync.receive;

import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.ProtocolException;

/**
 * The parts of the image that the target is still to receive, as the verdicts say it: what comes
 * must be exactly these bytes, in order, each once. So nothing outside of them is ever written, and
 * nothing can be missing at the end. For one thread.
 */
final class ExpectedData {
  /** The most parts that are outstanding; the source's window allows no more than half of it. */
  private static final int MAX_PARTS = 1 << 21;

  private final Geometry source;
  private final long commonBlocks;
  private long decided;

  /** A ring of the starts and ends of the parts, in bytes; its capacity is a power of two. */
  private long[] ring = new long[64];

  private int head;
  private int tail;

  /**
   * @param source the source's image
   * @param commonBlocks how many blocks are decided upon; all after them is to be received
   */
  ExpectedData(Geometry source, long commonBlocks) {
    this.source = source;
    this.commonBlocks = commonBlocks;
    expectRest();
  }

  /**
   * Notes verdicts.
   *
   * @param announced how many hashes the target has sent; nothing past them can be decided
   */
  void decide(Verdicts verdicts, long announced) throws ProtocolException {
    if (verdicts.first() != decided) {
      throw new ProtocolException(
          "VERDICTS on blocks from " + verdicts.first() + ", expected from " + decided);
    }
    for (int run : verdicts.runs()) {
      int count = Verdicts.count(run);
      if (count > announced - decided) {
        throw new ProtocolException(
            "VERDICTS on blocks to "
                + (decided + count)
                + ", but only "
                + announced
                + " hashes were sent");
      }
      if (Verdicts.differs(run)) {
        add(source.offset(decided), Math.min(source.offset(decided + count), source.size()));
      }
      decided += count;
    }
    expectRest();
  }

  /** Takes data off what is expected. */
  void take(Data data) throws ProtocolException {
    long end = data.offset() + data.length();
    if (head == tail || data.offset() != ring[head] || end > ring[head + 1]) {
      throw new ProtocolException(
          "DATA for bytes "
              + data.offset()
              + " to "
              + end
              + ", expected "
              + (head == tail ? "none" : "from " + ring[head] + " to " + ring[head + 1]));
    }
    ring[head] = end;
    if (end == ring[head + 1]) {
      head = (head + 2) & (ring.length - 1);
    }
  }

  /** Checks that all has been decided and has come. */
  void checkComplete() throws ProtocolException {
    if (decided != commonBlocks || head != tail) {
      throw new ProtocolException(
          "DONE after "
              + decided
              + " of "
              + commonBlocks
              + " verdicts"
              + (head == tail ? "" : ", while data is expected from byte " + ring[head]));
    }
  }

  private void expectRest() {
    if (decided == commonBlocks && commonBlocks < source.blocks()) {
      addUnchecked(source.offset(commonBlocks), source.size());
    }
  }

  private void add(long start, long end) throws ProtocolException {
    if (parts() == MAX_PARTS) {
      throw new ProtocolException("more than " + MAX_PARTS + " parts of the image outstanding");
    }
    addUnchecked(start, end);
  }

  private void addUnchecked(long start, long end) {
    int last = (tail - 1) & (ring.length - 1);
    if (head != tail && ring[last] == start) {
      ring[last] = end;
      return;
    }
    ring[tail] = start;
    ring[tail + 1] = end;
    tail = (tail + 2) & (ring.length - 1);
    if (tail == head) {
      grow();
    }
  }

  private int parts() {
    return ((tail - head) & (ring.length - 1)) / 2;
  }

  private void grow() {
    long[] larger = new long[ring.length * 2];
    System.arraycopy(ring, head, larger, 0, ring.length - head);
    System.arraycopy(ring, 0, larger, ring.length - head, head);
    tail = ring.length;
    head = 0;
    ring = larger;
  }
}
