package io.iblocksync.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.StandardError;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EndpointEndTest {
  private static final Patience SHORT = new Patience(30, 60, 10);
  private static final Patience LONG = new Patience(30, 60_000, 10);

  /** An endpoint that ends when the test says so, or when it is killed, if that helps. */
  private static final class Fake implements RunningEndpoint {
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch woken = new CountDownLatch(1);
    private final boolean mortal;
    private volatile int status;

    Fake(boolean mortal) {
      this.mortal = mortal;
    }

    void end(int exitStatus) {
      status = exitStatus;
      ended.countDown();
    }

    @Override
    public OutputStream input() {
      throw new UnsupportedOperationException();
    }

    @Override
    public InputStream output() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int writeBytes() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isAlive() {
      return ended.getCount() > 0;
    }

    @Override
    public int await() throws InterruptedException {
      ended.await();
      return status;
    }

    @Override
    public boolean await(long nanos) throws InterruptedException {
      return ended.await(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void wake() {
      calls.add("wake");
      woken.countDown();
    }

    @Override
    public void kill(long graceMillis) {
      calls.add("kill " + graceMillis);
      if (mortal) {
        end(128 + 15);
      }
    }
  }

  private static EndpointEnd end(Fake endpoint, boolean remote, Patience patience) {
    return new EndpointEnd(endpoint, "it", remote, patience);
  }

  private static FutureTask<Integer> waiting(EndpointEnd end, boolean force) {
    FutureTask<Integer> task = new FutureTask<>(() -> end.await(force, null));
    Thread thread = new Thread(task, "waiting");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  @Test
  void oneThatEndsInTimeIsNeitherNamedNorKilled() throws Exception {
    Fake fake = new Fake(true);
    fake.end(7);
    try (StandardError errors = new StandardError()) {
      assertEquals(7, end(fake, false, SHORT).await(true, "a failure"));
      assertEquals("", errors.text());
    }
    assertEquals(List.of(), fake.calls);
  }

  @Test
  void oneThatDoesNotEndIsNamedOnceWokenAndKilled() throws Exception {
    Fake fake = new Fake(true);
    EndpointEnd end = end(fake, false, SHORT);
    end.begin();
    try (StandardError errors = new StandardError()) {
      assertEquals(128 + 15, end.await(true, "a\nfailure"));
      assertEquals(128 + 15, end.await(true, "another"));
      assertEquals("iblocksync: waiting for it to end after a\\nfailure\n", errors.text());
    }
    assertEquals(List.of("wake", "kill 10"), fake.calls);
  }

  @Test
  void aWaitWithoutForceKillsNothingHoweverLongItTakes() throws Exception {
    Fake fake = new Fake(true);
    EndpointEnd end = end(fake, false, SHORT);
    FutureTask<Integer> waiting = waiting(end, false);
    assertTrue(fake.woken.await(20, TimeUnit.SECONDS));
    assertFalse(fake.ended.await(200, TimeUnit.MILLISECONDS));
    fake.end(3);
    assertEquals(3, waiting.get());
    assertEquals(List.of("wake"), fake.calls);
  }

  @Test
  void oneThatWaitsDoesNotKeepAnotherFromUsingForce() throws Exception {
    Fake fake = new Fake(true);
    EndpointEnd end = end(fake, false, SHORT);
    FutureTask<Integer> waiting = waiting(end, false);
    end.begin();
    assertEquals(128 + 15, end.await(true, null));
    assertEquals(128 + 15, waiting.get());
  }

  @Test
  void theTimeRunsFromTheMomentAtWhichItWasMadeToEnd() throws Exception {
    Patience second = new Patience(0, 1000, 10);
    Fake fake = new Fake(true);
    EndpointEnd end = end(fake, false, second);
    end.begin();
    Thread.sleep(second.termMillis()); // Nothing to wait for: it is the time itself that counts.
    long start = System.nanoTime();
    end.begin();
    end.await(true, null);
    assertTrue(System.nanoTime() - start < 900_000_000L, "waited once more");
    assertEquals(List.of("wake", "kill 10"), fake.calls);
  }

  @Test
  void aRemoteShellThatHasNotAnsweredIsNotWaitedForAndOthersAre() throws Exception {
    Fake hanging = new Fake(true);
    EndpointEnd end = end(hanging, true, LONG);
    end.begin();
    end.await(true, null);
    assertEquals(List.of("wake", "kill 1000"), hanging.calls);

    for (boolean remote : new boolean[] {true, false}) {
      Fake fake = new Fake(true);
      EndpointEnd answered = end(fake, remote, LONG);
      if (remote) {
        answered.answered();
      }
      answered.begin();
      FutureTask<Integer> waiting = waiting(answered, true);
      assertTrue(fake.woken.await(20, TimeUnit.SECONDS));
      assertFalse(fake.ended.await(100, TimeUnit.MILLISECONDS));
      fake.end(0);
      assertEquals(0, waiting.get());
      assertEquals(List.of("wake"), fake.calls);
    }
  }

  @Test
  void oneThatNoForceEndsIsGivenUpWithOneWarning() throws Exception {
    Fake fake = new Fake(false);
    EndpointEnd end = end(fake, false, SHORT);
    end.begin();
    try (StandardError errors = new StandardError()) {
      assertEquals(128 + 9, end.await(true, null));
      assertEquals(128 + 9, end.await(true, null));
      assertEquals(1, errors.text().lines().filter(line -> line.contains("given up")).count());
    }
  }
}
