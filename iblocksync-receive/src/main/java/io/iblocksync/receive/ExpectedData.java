package io.iblocksync.receive;

import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.ProtocolException;
import java.io.IOException;

/**
 * The parts of the image that the target is still to receive, as the verdicts say it: what comes
 * must be exactly these bytes, in order, each once. So nothing outside of them is ever written, and
 * nothing can be missing at the end. For one thread.
 */
final class ExpectedData {
  /**
   * The most parts that are outstanding; the source's window allows no more than half of it. With
   * the rest of the image they fill a ring of 32 MiB.
   */
  private static final int MAX_PARTS = (1 << 21) - 2;

  private final Geometry source;
  private final long commonBlocks;
  private long decided;

  /** Takes what stays as it is of the blocks whose pieces were compared. */
  interface Kept {
    void accept(long start, long end) throws IOException;
  }

  /**
   * A ring of the starts and ends of the parts, in bytes; its capacity is a power of two. A start
   * is as its complement where not all of the part need come, for pieces of it can be equal.
   */
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
        long start = source.offset(decided);
        long end = Math.min(source.offset(decided + count), source.size());
        add(start, end, Verdicts.byPieces(run));
      }
      decided += count;
    }
    expectRest();
  }

  /** Takes data off what is expected, and before it what is passed over. */
  void take(Data data, Kept kept) throws IOException {
    long end = data.offset() + data.length();
    passOver(data.offset(), kept);
    if (head == tail || data.offset() != start() || end > ring[head + 1]) {
      throw new ProtocolException(
          "DATA for bytes "
              + data.offset()
              + " to "
              + end
              + ", expected "
              + (head == tail ? "none" : "from " + start() + " to " + ring[head + 1]));
    }
    use(end);
  }

  /** Passes over what need not come before a position. */
  private void passOver(long position, Kept kept) throws IOException {
    while (head != tail && ring[head] < 0 && start() < position) {
      long end = Math.min(position, ring[head + 1]);
      kept.accept(start(), end);
      use(end);
    }
  }

  private long start() {
    return ring[head] < 0 ? ~ring[head] : ring[head];
  }

  private void use(long end) {
    ring[head] = ring[head] < 0 ? ~end : end;
    if (end == ring[head + 1]) {
      head = (head + 2) & (ring.length - 1);
    }
  }

  /** Checks that every block has a verdict and all data that must arrive has arrived. */
  void checkComplete(Kept kept) throws IOException {
    passOver(Long.MAX_VALUE, kept);
    if (decided != commonBlocks || head != tail) {
      throw new ProtocolException(
          "DONE after "
              + decided
              + " of "
              + commonBlocks
              + " verdicts"
              + (head == tail ? "" : ", while data is expected from byte " + start()));
    }
  }

  private void expectRest() {
    if (decided == commonBlocks && commonBlocks < source.blocks()) {
      addUnchecked(source.offset(commonBlocks), source.size(), false);
    }
  }

  private void add(long start, long end, boolean byPieces) throws ProtocolException {
    if (parts() == MAX_PARTS) {
      throw new ProtocolException("more than " + MAX_PARTS + " parts of the image outstanding");
    }
    addUnchecked(start, end, byPieces);
  }

  private void addUnchecked(long start, long end, boolean byPieces) {
    int last = (tail - 1) & (ring.length - 1);
    if (head != tail && ring[last] == start && ring[last - 1] < 0 == byPieces) {
      ring[last] = end;
      return;
    }
    if (parts() == ring.length / 2 - 1) {
      grow();
    }
    ring[tail] = byPieces ? ~start : start;
    ring[tail + 1] = end;
    tail = (tail + 2) & (ring.length - 1);
  }

  private int parts() {
    return ((tail - head) & (ring.length - 1)) / 2;
  }

  private void grow() {
    long[] larger = new long[ring.length * 2];
    int count = 2 * parts();
    int upper = Math.min(count, ring.length - head);
    System.arraycopy(ring, head, larger, 0, upper);
    System.arraycopy(ring, 0, larger, upper, count - upper);
    head = 0;
    tail = count;
    ring = larger;
  }
}
