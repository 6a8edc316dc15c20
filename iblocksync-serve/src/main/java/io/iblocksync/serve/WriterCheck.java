package io.iblocksync.serve;

import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.Writers;
import io.iblocksync.linux.Writers.Writer;
import io.iblocksync.program.Log;
import io.iblocksync.program.Tasks;
import io.iblocksync.program.Unexpected;
import io.iblocksync.protocol.Printable;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Refuses a source that another iblocksync is writing to. For one thread at a time.
 *
 * <p>A look has a thread of its own: whoever opens /proc/locks waits 10 to 15 ms until the kernel
 * has stopped all processors from changing a lock, and other work can go on meanwhile.
 */
final class WriterCheck {
  /** Nobody answers a question faster than this. */
  static final long FRESH_NANOS = 200_000_000;

  private final Path path;
  private FutureTask<Writer> look;
  private long lookStarted;

  /** Whether the result of the look is known, and has been acted upon. */
  private boolean awaited;

  /** Whether there was a warning of a writer that cannot be seen. */
  private boolean warned;

  WriterCheck(Path path) {
    this.path = path;
  }

  /** Begins a look; {@link #await} says what it has found. */
  void start() {
    lookStarted = System.nanoTime();
    awaited = false;
    look = new FutureTask<>(() -> Writers.of(path));
    try {
      Tasks.start("writers", look);
    } catch (OutOfMemoryError e) {
      look.run(); // There is no further thread.
    }
  }

  /**
   * Waits for the look that was started last; does nothing if it has been awaited.
   *
   * @throws ImageException if there is a writer
   */
  void await() throws ImageException {
    await("another iblocksync is writing to it", "");
  }

  /**
   * Begins another look right before the first byte is read. Waits for it if a user may have
   * answered a question since the first one; if not, {@link #await} is to be called before any data
   * is sent.
   *
   * @throws ImageException if there is a writer
   */
  void beforeReading() throws ImageException {
    boolean old = System.nanoTime() - lookStarted > FRESH_NANOS;
    start();
    if (old) {
      await();
    }
  }

  /**
   * Looks again after the last byte was read.
   *
   * @throws ImageException if there is a writer
   */
  void afterReading() throws ImageException {
    start();
    await(
        "another iblocksync has begun to write to it meanwhile",
        ": the target can be a mixture of moments; sync again after the end of that one");
  }

  private void await(String what, String consequence) throws ImageException {
    if (awaited) {
      return;
    }
    awaited = true;
    Writer writer;
    try {
      writer = look.get();
    } catch (ExecutionException e) {
      String why = Unexpected.exception(e.getCause()).getMessage();
      Log.info("cannot tell whether another iblocksync writes to the source: " + why);
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImageException(path, "is not read: interrupted", 0);
    }
    if (writer != null && writer.isKnown()) {
      throw new ImageException(path, what + " (process " + writer.process() + ")" + consequence, 0);
    }
    if (writer != null && !warned) {
      warned = true;
      Log.warn(
          Printable.line(
              "the source "
                  + path
                  + " is locked by a program that cannot be seen from here: if that is another"
                  + " iblocksync, which writes to it, the target can be a mixture of moments"));
    }
  }
}
