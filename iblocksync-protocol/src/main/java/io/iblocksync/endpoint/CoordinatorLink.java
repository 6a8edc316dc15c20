package io.iblocksync.endpoint;

import io.iblocksync.linux.ImageException;
import io.iblocksync.program.Log;
import io.iblocksync.program.Tasks;
import io.iblocksync.program.Unexpected;
import io.iblocksync.protocol.FrameReader;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Alive;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Failure;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Warning;
import io.iblocksync.protocol.PeerGoneException;
import io.iblocksync.protocol.PeerSilentException;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.SilenceWatch;
import io.iblocksync.protocol.WireReader;
import io.iblocksync.protocol.WireWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * An endpoint's link to the coordinator in protocol 2: what every session has in common, whatever
 * it says and hears.
 *
 * <ul>
 *   <li>The thread that runs the session is the writer, the only one that writes to the
 *       coordinator: it calls {@link #whileAlive}, {@link #listen}, {@link #write}, {@link
 *       #awaitWork}, {@link #finish} and {@link #report}. It flushes when it has nothing more to
 *       write, and then says now and then that the endpoint is alive.
 *   <li>The thread "read" only reads, and never waits for the writer. Once the session has failed
 *       it discards the input until that ends, so that the coordinator is never stuck in writing to
 *       an endpoint that has failed.
 *   <li>Any thread that fails calls {@link #fail}; the writer then gets the failure from whatever
 *       it does next.
 * </ul>
 *
 * <p>These are the rules against deadlock of PROTOCOL.md, as far as an endpoint can break them. No
 * lock is held while anything is read or written.
 */
public final class CoordinatorLink {
  private static final int GRACE_MILLIS = 5000;

  /** At 2.5 GB/s the window still holds twice what gathers in this time. */
  private static final int GATHER_MILLIS = 5;

  /** Takes in the messages, on the reading thread; must not wait for the writer. */
  public interface Receiver {
    void receive(Message message) throws IOException, InterruptedException;
  }

  private final SendQueue<?> queue;
  private final Consumer<IOException> stop;
  private final WireReader input;
  private final FrameReader in;
  private final WireWriter out;

  /** How many seconds the coordinator may be silent; 0 for ever. */
  private final long timeout;

  private boolean listening;
  private volatile PeerSilentException silence;

  /**
   * @param queue what the writer waits on
   * @param stop is called with each failure, by any thread, and ends the session's other threads;
   *     must not wait
   */
  public CoordinatorLink(Run run, SendQueue<?> queue, Consumer<IOException> stop) {
    this.queue = queue;
    this.stop = stop;
    this.input = run.in();
    this.in = new FrameReader(run.in(), run.algorithm().length());
    this.out = run.out();
    this.timeout = run.settings().number(Setting.TIMEOUT);
    out.digestLength(run.algorithm().length());
  }

  /**
   * Does what can take long before the session begins, on a thread of its own, and says meanwhile
   * that this endpoint is alive. Returns when that has ended.
   *
   * @throws IOException what it failed with
   */
  public void whileAlive(Tasks.Job preparation) throws IOException, InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    Tasks.Job job =
        () -> {
          preparation.run();
          ended.countDown();
        };
    Tasks.start(
        "prepare",
        job,
        failure -> {
          fail(failure);
          ended.countDown();
        });
    IOException gone = null;
    while (!awaitEnd(ended, gone)) {
      try {
        sayAlive();
      } catch (IOException e) {
        gone = e; // What is under way must come to its end all the same.
      }
    }
    queue.check();
    if (gone != null) {
      throw gone;
    }
  }

  /** Returns false if it is time for a sign of life. */
  private boolean awaitEnd(CountDownLatch ended, IOException gone) throws InterruptedException {
    if (timeout == 0 || gone != null) {
      ended.await();
      return true;
    }
    return ended.await(SilenceWatch.aliveMillis(timeout), TimeUnit.MILLISECONDS);
  }

  /** Starts to take in messages. */
  public void listen(Receiver receiver) {
    listening = true;
    Tasks.start("read", () -> readAll(receiver));
    if (timeout > 0) {
      SilenceWatch.start(input::waiting, timeout, this::endInSilence);
    }
  }

  private void readAll(Receiver receiver) {
    try {
      for (Message message = in.read(); message != null; message = in.read()) {
        if (!(message instanceof Alive)) {
          receiver.receive(message);
        }
      }
      fail(new PeerGoneException("the coordinator has ended"));
      return;
    } catch (ProtocolException e) {
      fail(in.located(e));
    } catch (Throwable e) {
      fail(Unexpected.exception(e));
    }
    discardInput();
  }

  private void discardInput() {
    try {
      while (input.hasMore()) {
        input.discard();
      }
    } catch (IOException e) {
      Log.debug("while discarding input: " + e.getMessage());
    }
  }

  /** On the reading thread: the body of a message that was just received. */
  public void readBody(Data data, ByteBuffer into) throws IOException {
    in.readBody(data, into);
  }

  /** From any thread: the session has failed. Only the first failure counts. */
  public void fail(IOException cause) {
    queue.fail(cause);
    stop.accept(cause);
  }

  /** Whether the session has failed. */
  public boolean hasFailed() {
    return queue.hasFailed();
  }

  /**
   * Writes a message, and before it the warnings that wait.
   *
   * @throws IOException what the session has failed with
   */
  public void write(Message message) throws IOException {
    assert !Thread.holdsLock(queue);
    queue.check();
    writeWarnings();
    out.write(message);
  }

  /** Writes a message whose body follows it: the remaining bytes, which are consumed. */
  public void write(Data data, ByteBuffer body) throws IOException {
    assert !Thread.holdsLock(queue);
    queue.check();
    writeWarnings();
    out.writeData(data, body);
  }

  /**
   * There is nothing more to write at the moment: flushes, and waits until there may be something
   * again.
   *
   * @param soon whether there will be more at any moment, so that it is better to let some of it
   *     gather: each message wakes some ten threads on its way to the other endpoint and back
   * @throws IOException what the session has failed with
   */
  public void awaitWork(boolean soon) throws IOException, InterruptedException {
    writeWarnings();
    out.flush();
    if (soon) {
      queue.gather(GATHER_MILLIS);
    }
    if (timeout == 0) {
      queue.await(0);
      return;
    }
    while (!queue.await(SilenceWatch.aliveMillis(timeout))) {
      sayAlive();
    }
  }

  private void sayAlive() throws IOException {
    writeWarnings();
    out.write(new Alive());
    out.flush();
  }

  /** Says that all went well. */
  public void finish(Stats stats, Done done) throws IOException {
    write(stats);
    write(done);
    out.flush();
  }

  /**
   * Ends the session after a failure: sends FAILURE, while all that still comes is discarded.
   *
   * @param e what the writer has failed with, or got to know
   * @return what to throw: a {@link PeerGoneException} if the coordinator is gone, else one that
   *     says that the failure is reported
   */
  public IOException report(Throwable e) {
    IOException failure = Unexpected.exception(e);
    fail(failure);
    if (failure instanceof PeerGoneException) {
      return silence == null ? failure : new ReportedException(silence);
    }
    Log.debug(e);
    try {
      if (!listening) {
        listen(message -> queue.check());
      }
      int errno = failure instanceof ImageException image ? image.errno() : 0;
      writeWarnings();
      out.write(new Failure(errno, String.valueOf(failure.getMessage())));
      out.flush();
    } catch (IOException gone) {
      return silence == null ? gone : new ReportedException(silence);
    }
    return new ReportedException(failure);
  }

  /** Reports to the coordinator if possible; but the output may be what is blocked. */
  private void endInSilence() {
    silence = new PeerSilentException("the coordinator", timeout);
    fail(silence);
    try {
      Thread.sleep(GRACE_MILLIS);
      out.giveUp();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      Log.debug("giving up the coordinator: " + e.getMessage());
    }
  }

  private void writeWarnings() throws IOException {
    for (String text = Warnings.poll(); text != null; text = Warnings.poll()) {
      out.write(new Warning(text));
    }
  }

  /** A message that an endpoint does not expect (at all, or now). */
  public static ProtocolException unexpected(Message message, String expected) {
    return new ProtocolException(
        "unexpected " + message.getClass().getSimpleName() + " message, expected " + expected);
  }
}
