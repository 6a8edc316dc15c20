package io.iblocksync.endpoint;

import static io.iblocksync.testing.Waiting.assertWaits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SendQueueTest {
  private final SendQueue<Integer> queue = new SendQueue<>();

  @Test
  void whatIsPutIsPolledInOrder() throws Exception {
    assertNull(queue.poll());
    queue.put(1);
    queue.put(2);
    assertEquals(1, queue.poll());
    assertEquals(2, queue.poll());
    assertNull(queue.poll());
  }

  @Test
  void putWaitsWhileTheQueueIsFull() throws Exception {
    for (int i = 0; i < SendQueue.MAX_WAITING; i++) {
      queue.put(i);
    }
    FutureTask<Boolean> more = assertWaits(() -> put(9));
    assertEquals(0, queue.poll());
    assertTrue(more.get());
    assertEquals(1, queue.poll());
  }

  @Test
  void theWriterWaitsUntilSomethingIsPut() throws Exception {
    FutureTask<Boolean> writer = assertWaits(() -> queue.await(0));
    queue.put(1);
    assertTrue(writer.get());
    // It is there until it is polled.
    assertTrue(queue.await(0));
    assertEquals(1, queue.poll());
    assertFalse(queue.await(1));
  }

  @Test
  void theWriterWaitsUntilItIsWoken() throws Exception {
    FutureTask<Boolean> writer = assertWaits(() -> queue.await(0));
    queue.wake();
    assertTrue(writer.get());
    assertNull(queue.poll());
  }

  @Test
  void aCallThatComesWhileTheWriterLooksAroundIsNotMissed() throws Exception {
    queue.wake();
    queue.wake();
    assertNull(queue.poll());
    assertTrue(queue.await(0));
    assertFalse(queue.await(1));
  }

  @Test
  void theWriterWaitsNoLongerThanItWants() throws Exception {
    long start = System.nanoTime();
    assertFalse(queue.await(20));
    assertTrue(System.nanoTime() - start >= 19_000_000);
  }

  @Test
  void nobodyWakesAWriterThatLetsMoreGatherButTheCallIsNotMissed() throws Exception {
    FutureTask<Boolean> writer = assertWaits(() -> gather(200));
    queue.wake();
    assertFalse(writer.isDone());
    assertTrue(writer.get());
    assertTrue(queue.await(0));
    assertFalse(queue.await(1));
  }

  @Test
  void whatIsPutEndsTheGathering() throws Exception {
    FutureTask<Boolean> writer = assertWaits(() -> gather(60_000));
    queue.put(1);
    assertTrue(writer.get());
    gather(60_000);
    assertEquals(1, queue.poll());
    FutureTask<Boolean> failing = assertWaits(() -> gather(60_000));
    queue.fail(new IOException("odd"));
    assertTrue(failing.get());
  }

  @Test
  void aFailureWakesAllThatWaitAndTheFirstOneCounts() throws Exception {
    FutureTask<Boolean> writer = assertWaits(() -> queue.await(60_000));
    SendQueue<Integer> full = new SendQueue<>();
    for (int i = 0; i < SendQueue.MAX_WAITING; i++) {
      full.put(i);
    }
    FutureTask<Boolean> putting =
        assertWaits(
            () -> {
              full.put(9);
              return true;
            });
    IOException failure = new IOException("first");
    queue.fail(failure);
    full.fail(failure);
    queue.fail(new IOException("second"));
    assertSame(failure, assertThrows(ExecutionException.class, writer::get).getCause());
    assertSame(failure, assertThrows(ExecutionException.class, putting::get).getCause());
  }

  @Test
  void afterAFailureNothingGoesOn() throws Exception {
    queue.put(1);
    assertFalse(queue.hasFailed());
    IOException failure = new IOException("odd");
    queue.fail(failure);
    assertTrue(queue.hasFailed());
    assertSame(failure, assertThrows(IOException.class, queue::poll));
    assertSame(failure, assertThrows(IOException.class, queue::check));
    assertSame(failure, assertThrows(IOException.class, () -> queue.await(0)));
    assertSame(failure, assertThrows(IOException.class, () -> queue.put(2)));
  }

  private boolean gather(long millis) throws InterruptedException {
    queue.gather(millis);
    return true;
  }

  private boolean put(int thing) throws IOException, InterruptedException {
    queue.put(thing);
    return true;
  }
}
