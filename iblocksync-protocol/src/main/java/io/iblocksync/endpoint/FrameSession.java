package io.iblocksync.endpoint;

import io.iblocksync.image.BlockWindow;
import io.iblocksync.image.Chunk;
import io.iblocksync.linux.ImageException;
import io.iblocksync.program.Log;
import io.iblocksync.program.Unexpected;
import io.iblocksync.protocol.FrameReader;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Alive;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Failure;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Warning;
import io.iblocksync.protocol.PeerGoneException;
import io.iblocksync.protocol.PeerSilentException;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.SilenceWatch;
import io.iblocksync.protocol.WireWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An endpoint's side of protocol 2: one thread (the caller's) only writes to the coordinator, what
 * the window has for it; another only reads and never waits for the first. That, and that a failed
 * endpoint goes on reading, is what PROTOCOL.md's rules against deadlock rest on.
 */
public abstract class FrameSession {
  private static final int GRACE_MILLIS = 5000;

  /** At 2.5 GB/s the window still holds twice what gathers in this time. */
  private static final int GATHER_MILLIS = 5;

  /** What is done before the session. */
  protected interface Preparation {
    void run() throws IOException, InterruptedException;
  }

  protected final Run run;
  protected final BlockWindow window;
  protected final FrameReader in;
  protected final WireWriter out;

  /** How many seconds the coordinator may be silent; 0 for ever. */
  private final long timeout;

  private volatile PeerSilentException silence;

  protected FrameSession(Run run, BlockWindow window) {
    this.run = run;
    this.window = window;
    this.in = new FrameReader(run.in(), run.algorithm().length());
    this.out = run.out();
    this.timeout = run.settings().number(Setting.TIMEOUT);
    out.digestLength(run.algorithm().length());
  }

  /**
   * Takes in a message, on the reading thread; must not wait for anything to be written to the
   * peer.
   */
  protected abstract void receive(Message message) throws IOException, InterruptedException;

  /** Writes the differing blocks of a chunk, on the writing thread. */
  protected abstract void send(Chunk chunk) throws IOException, InterruptedException;

  /** Writes what {@link #send} has put off, on the writing thread. */
  protected void sendPutOff() throws IOException {}

  /** Takes note of hashes before they are announced, on the writing thread. */
  protected abstract void announced(Hashes hashes);

  /** Writes what was handed on with {@link BlockWindow#tell}, on the writing thread. */
  protected void tell(Message message, ByteBuffer body) throws IOException {
    out.write(message);
  }

  /** When all is sent and done but for the messages of the end; on the writing thread. */
  protected void atEnd() throws IOException {}

  /** What is said at the end. */
  protected abstract Done done() throws IOException;

  /** What the work came to, at the end. */
  protected abstract Stats stats();

  /**
   * Does what can take long on a thread of its own, and says meanwhile that this endpoint is alive;
   * on the writing thread. Returns or throws when that has ended.
   */
  private void whileAlive(Preparation work) throws IOException, InterruptedException {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              work.run();
              return null;
            });
    Thread thread = new Thread(task, "prepare");
    thread.setDaemon(true);
    thread.start();
    try {
      IOException gone = timeout == 0 ? null : sayAliveUntil(task);
      task.get();
      if (gone != null) {
        throw gone;
      }
    } catch (ExecutionException e) {
      throw Unexpected.exception(e.getCause());
    }
  }

  /**
   * Does what comes before {@link #play}, which then tells the coordinator what has failed of it.
   *
   * @param slow what can take long: it is done on a thread of its own, and meanwhile this endpoint
   *     says that it is alive
   * @param start what follows then
   * @return whether nothing has failed
   */
  protected final boolean prepare(Preparation slow, Preparation start) throws InterruptedException {
    try {
      whileAlive(slow);
      start.run();
      return true;
    } catch (InterruptedException e) {
      throw e;
    } catch (Throwable e) {
      window.fail(Unexpected.exception(e));
      return false;
    }
  }

  /** Returns what is wrong with the coordinator, if anything. */
  private IOException sayAliveUntil(FutureTask<Void> task) throws InterruptedException {
    while (true) {
      try {
        task.get(SilenceWatch.aliveMillis(timeout), TimeUnit.MILLISECONDS);
        return null;
      } catch (ExecutionException e) {
        return null;
      } catch (TimeoutException late) {
        try {
          sayAlive();
        } catch (IOException e) {
          return e;
        }
      }
    }
  }

  private void sayAlive() throws IOException {
    writeWarnings();
    out.write(new Alive());
    out.flush();
  }

  /** Plays the session to its end; a failure has been told to the coordinator when this throws. */
  protected final void play() throws IOException, InterruptedException {
    try {
      Thread reader = new Thread(this::readAll, "read");
      reader.setDaemon(true);
      reader.start();
      if (timeout > 0) {
        SilenceWatch.start(run.in()::waiting, timeout, this::endInSilence);
      }
      writeAll();
      atEnd();
      writeWarnings();
      out.write(stats());
      out.write(done());
      out.flush();
    } catch (PeerGoneException e) {
      throw silence == null ? e : new ReportedException(silence);
    } catch (IOException | RuntimeException | Error e) {
      Log.debug(e);
      IOException failure = Unexpected.exception(e);
      tell(failure);
      throw new ReportedException(failure);
    }
  }

  private void tell(IOException e) throws IOException {
    try {
      int errno = e instanceof ImageException image ? image.errno() : 0;
      writeWarnings();
      out.write(new Failure(errno, String.valueOf(e.getMessage())));
      out.flush();
    } catch (PeerGoneException gone) {
      throw silence == null ? gone : new ReportedException(silence);
    }
  }

  private void writeAll() throws IOException, InterruptedException {
    while (true) {
      writeWarnings();
      BlockWindow.Work work = window.poll();
      if (work == null) {
        sendPutOff();
        out.flush();
        if (window.isGathering()) {
          Thread.sleep(GATHER_MILLIS);
        }
        work = take();
      }
      if (work instanceof BlockWindow.Announce announce) {
        announced(announce.hashes());
        out.write(announce.hashes());
      } else if (work instanceof BlockWindow.Send send) {
        send(send.chunk());
        window.sent(send.chunk());
      } else if (work instanceof BlockWindow.Tell tell) {
        tell(tell.message(), tell.body());
      } else {
        sendPutOff();
        return;
      }
    }
  }

  /** Waits for work, and says now and then that this endpoint is alive. */
  private BlockWindow.Work take() throws IOException, InterruptedException {
    if (timeout == 0) {
      return window.take();
    }
    BlockWindow.Work work = window.take(SilenceWatch.aliveMillis(timeout));
    while (work == null) {
      sayAlive();
      work = window.take(SilenceWatch.aliveMillis(timeout));
    }
    return work;
  }

  /** The coordinator is told if it can be; but it may be what no longer takes anything. */
  private void endInSilence() {
    silence = new PeerSilentException("the coordinator", timeout);
    window.fail(silence);
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

  private void readAll() {
    try {
      for (Message message = in.read(); message != null; message = in.read()) {
        if (!(message instanceof Alive)) {
          receive(message);
        }
      }
      window.fail(new PeerGoneException("the coordinator has ended"));
      return;
    } catch (Throwable e) {
      window.fail(Unexpected.exception(e));
    }
    discardInput();
  }

  /** So that the coordinator is never stuck in writing to an endpoint that has failed. */
  private void discardInput() {
    try {
      while (run.in().hasMore()) {
        run.in().discard();
      }
    } catch (IOException e) {
      Log.debug("while discarding input: " + e.getMessage());
    }
  }

  /** A message that this endpoint does not expect (at all, or now). */
  protected static ProtocolException unexpected(Message message, String expected) {
    return new ProtocolException(
        "unexpected " + message.getClass().getSimpleName() + " message, expected " + expected);
  }
}
