package io.iblocksync.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.BoundedPipe;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RateLimitTest {
  @Test
  void aStepIsATwentiethOfASecondAndNeitherNothingNorMoreThanAPipeTakes() {
    assertEquals(50_000, new RateLimit(1_000_000).step());
    assertEquals(1, new RateLimit(1).step());
    assertEquals(1 << 16, new RateLimit(1L << 40).step());
  }

  @Test
  void stepsTakeTheirTime() {
    RateLimit limit = new RateLimit(1_000_000);
    long start = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      limit.await(limit.step());
    }
    // The first one goes at once, and a sender that was late may catch up a tenth of a second.
    assertTrue(System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(19 * 50 - 110));
  }

  @Test
  void aSenderThatHadNothingToSendMayNotMakeUpForIt() throws InterruptedException {
    RateLimit limit = new RateLimit(1_000_000);
    Thread.sleep(600);
    long start = System.nanoTime();
    for (int i = 0; i < 10; i++) {
      limit.await(limit.step());
    }
    assertTrue(System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(9 * 50 - 110));
  }

  @Test
  void aWriterUnderALimitWritesTheSameBytesInSteps() throws Exception {
    BoundedPipe pipe = new BoundedPipe(1 << 20);
    WireWriter out = new WireWriter(pipe.sink());
    out.limit(1_000_000);
    long start = System.nanoTime();
    out.writeLine("line");
    out.write(ByteBuffer.allocate(300_000));
    out.write(ByteBuffer.allocate(5));
    out.flush();
    assertTrue(System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(150));
    pipe.end();
    WireReader in = new WireReader(pipe.source(), true);
    assertEquals("line", in.readLine(10));
    ByteBuffer bytes = ByteBuffer.allocate(300_005);
    in.readFully(bytes);
    assertEquals(false, in.hasMore());
  }
}
