package io.iblocksync.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TasksTest {
  private final BlockingQueue<IOException> failures = new LinkedBlockingQueue<>();

  @Test
  void aJobThatEndsReportsNothing() throws Exception {
    Tasks.start("job", () -> {}, failures::add).join();
    assertTrue(failures.isEmpty());
  }

  @Test
  void anIoExceptionIsReportedAsItIs() throws Exception {
    IOException thrown = new IOException("disk full");
    assertSame(
        thrown,
        failureOf(
            () -> {
              throw thrown;
            }));
  }

  @Test
  void anErrorIsReportedWithATextForUsers() throws Exception {
    IOException failure =
        failureOf(
            () -> {
              throw new OutOfMemoryError("Java heap space");
            });
    assertTrue(failure.getMessage().startsWith("not enough memory"), failure.getMessage());
  }

  @Test
  void anInterruptionIsReported() throws Exception {
    IOException failure =
        failureOf(
            () -> {
              throw new InterruptedException();
            });
    assertEquals("interrupted", failure.getMessage());
  }

  @Test
  void theThreadKeepsNoProcessAlive() {
    assertTrue(Tasks.start("job", () -> {}, failures::add).isDaemon());
  }

  @Test
  void anErrorInTheBackgroundIsNotReported() throws Exception {
    BlockingQueue<Thread> ran = new LinkedBlockingQueue<>();
    BlockingQueue<Throwable> uncaught = new LinkedBlockingQueue<>();
    Tasks.background(
        "job",
        () -> {
          Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
          ran.add(Thread.currentThread());
          throw new IllegalStateException();
        });
    ran.take().join();
    assertTrue(uncaught.isEmpty());
  }

  private IOException failureOf(Tasks.Job job) throws InterruptedException {
    Tasks.start("job", job, failures::add);
    return failures.poll(20, TimeUnit.SECONDS);
  }
}
