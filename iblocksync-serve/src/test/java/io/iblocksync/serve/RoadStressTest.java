package io.iblocksync.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.endpoint.SendQueue;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.image.ReadAhead;
import io.iblocksync.image.ReadPlan;
import io.iblocksync.program.Tasks;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * All threads of a source together on its road, with the smallest window there is: workers, the
 * reading thread with verdicts at random, a packing thread or none, and the writer.
 */
@Timeout(60)
class RoadStressTest {
  private static final HashAlgorithm ALGORITHM = HashAlgorithm.CRC32;
  private static final int BLOCK = 512;

  private final Random random = TempImages.random("RoadStressTest");
  private final SendQueue<Outgoing> queue = new SendQueue<>();
  private final BlockingQueue<Hashes> announced = new LinkedBlockingQueue<>();
  private final BitSet wanted = new BitSet();
  private final BitSet sent = new BitSet();

  @Test
  void whatDiffersIsSentOnceAndInOrder() throws Exception {
    for (int round = 0; round < 30; round++) {
      int blocks = 1 + random.nextInt(20_000);
      int common = random.nextInt(4) == 0 ? random.nextInt(blocks) : blocks;
      byte[] image = TempImages.bytes(random, blocks * BLOCK - random.nextInt(BLOCK));
      int zeros = random.nextInt(image.length);
      Arrays.fill(image, zeros, Math.min(image.length, zeros + image.length / 5), (byte) 0);
      play(image, common, random.nextBoolean());
    }
  }

  private void play(byte[] image, int common, boolean packing) throws Exception {
    wanted.clear();
    sent.clear();
    Geometry geometry = new Geometry(image.length, BLOCK);
    ReadPlan plan = new ReadPlan(geometry, common, ALGORITHM, true, false, 0, null);
    ReadAhead ahead = new ReadAhead(plan, queue::wake);
    KeptChunks kept = new KeptChunks(ahead, true, queue::wake);
    RawData raw = new RawData(kept);
    Packer packer = packing ? new Packer(kept, queue, false, null) : null;
    HashWorkers.start(
        ahead, (into, at) -> into.put(image, (int) at, into.remaining()), queue::fail);
    long seed = random.nextLong();
    Thread reader =
        Tasks.start("decide", () -> decideAll(kept, common, new Random(seed)), queue::fail);
    if (packer != null) {
      packer.start(queue::fail);
    }
    while (!ahead.isDone()) {
      Hashes hashes = ahead.nextHashes(kept::add);
      if (hashes != null) {
        announced.add(hashes);
        continue;
      }
      Outgoing outgoing = packer == null ? raw.poll() : queue.poll();
      if (outgoing != null) {
        note(outgoing);
        if (outgoing.last() != null) {
          kept.sent(outgoing.last());
        }
        continue;
      }
      assertTrue(queue.await(30_000), "nobody has woken the writer");
    }
    reader.join();
    wanted.set(common * BLOCK, Math.max(common * BLOCK, image.length));
    wanted.clear(image.length, Math.max(image.length, wanted.length()));
    assertEquals(wanted, sent);
  }

  /** Verdicts at random, in batches that begin and end anywhere. */
  private void decideAll(KeptChunks kept, int common, Random verdicts)
      throws IOException, InterruptedException {
    int known = 0;
    for (int decided = 0; decided < common; ) {
      while (known == decided || verdicts.nextBoolean() && !announced.isEmpty()) {
        known += (int) announced.take().blocks();
      }
      int count = 1 + verdicts.nextInt(known - decided);
      boolean differs = verdicts.nextInt(3) == 0;
      if (differs) {
        wanted.set(decided * BLOCK, (decided + count) * BLOCK);
      }
      kept.decide(new Verdicts(decided, new int[] {Verdicts.run(differs, count)}));
      decided += count;
    }
  }

  private void note(Outgoing outgoing) {
    int from = (int) outgoing.data().offset();
    assertTrue(from >= sent.length(), "not in order");
    sent.set(from, from + (int) outgoing.data().length());
  }
}
