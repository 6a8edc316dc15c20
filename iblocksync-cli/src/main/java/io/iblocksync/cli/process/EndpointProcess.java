package io.iblocksync.cli.process;

import io.iblocksync.cli.relay.EndpointException;
import io.iblocksync.cli.relay.Outbox;
import io.iblocksync.cli.relay.Peer;
import io.iblocksync.program.Log;
import io.iblocksync.program.Tasks;
import io.iblocksync.protocol.Printable;
import io.iblocksync.protocol.RateLimit;
import io.iblocksync.protocol.WireReader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * An endpoint that runs, wherever that is: its standard input and output, and its end. The end of
 * an endpoint is the end of its process, not of its pipes, which something that a wrapper left in
 * the background may hold. One thread at a time reads {@link #in}; all else is for any thread.
 */
public final class EndpointProcess implements Peer {
  /** What ssh ends with if the connection fails, see ssh(1). */
  private static final int SSH_FAILED = 255;

  /** How long what a process left in its pipe may take to be read after its end. */
  static final int DRAIN_MILLIS = 2000;

  private static final int BUFFER_BYTES = 1 << 16;

  /** What still comes from a failed endpoint is dropped up to here. */
  private static final long MAX_DROPPED_BYTES = 64L << 20;

  private final EndpointCommand command;
  private final RunningEndpoint running;
  private final Outbox outbox;
  private final StreamChannel channel;
  private final WireReader in;
  private final EndpointEnd end;

  /**
   * @param running was started by the command
   * @param bwlimit bytes a second that are sent to it; 0 for any number
   */
  EndpointProcess(EndpointCommand command, RunningEndpoint running, long bwlimit) {
    this.command = command;
    this.running = running;
    OutputStream out = running.input();
    int bufferBytes = BUFFER_BYTES;
    int writeBytes = running.writeBytes();
    if (bwlimit > 0) {
      // No more than the limit lets through at once: what is in the buffer holds up an end.
      RateLimit limit = new RateLimit(bwlimit);
      out = new LimitedOutputStream(out, limit);
      bufferBytes = limit.step();
      writeBytes = bufferBytes;
    }
    this.outbox =
        new Outbox(new BufferedOutputStream(out, bufferBytes), command.name(), writeBytes);
    this.channel = new StreamChannel(running.output());
    this.in = new WireReader(channel, false);
    this.end = new EndpointEnd(running, title(), remote(), Patience.PRESET);
  }

  EndpointCommand command() {
    return command;
  }

  @Override
  public String title() {
    return Printable.line(command.title());
  }

  /** The host as the user named it; null for this machine. */
  String host() {
    return command.host();
  }

  @Override
  public boolean remote() {
    return command.host() != null;
  }

  @Override
  public Outbox outbox() {
    return outbox;
  }

  @Override
  public WireReader in() {
    return in;
  }

  @Override
  public long received() {
    return channel.received();
  }

  public void writeLine(String line) throws InterruptedException {
    outbox.put(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)), null);
  }

  boolean isAlive() {
    return running.isAlive();
  }

  /** It has answered the greeting. */
  void answered() {
    end.answered();
  }

  /** A failure of this endpoint, under its name. */
  public EndpointException failed(String message, int errno) {
    return new EndpointException(title(), command.role(), message, errno);
  }

  /** A failure of this endpoint, under its name; of its connection, if it is on another machine. */
  EndpointException silent(String message) {
    return remote()
        ? EndpointException.connectionLost(title(), command.role(), message)
        : failed(message, 0);
  }

  /** The failure of an endpoint that has ended too early. */
  EndpointException ended(String message) throws InterruptedException {
    return connectionLost()
        ? EndpointException.connectionLost(title(), command.role(), message)
        : failed(message, 0);
  }

  @Override
  public boolean connectionLost() throws InterruptedException {
    return remote() && awaitEnd(true, "the end of its output") == SSH_FAILED;
  }

  @Override
  public String endedText(String when) throws InterruptedException {
    int status = awaitEnd(true, "the end of its output");
    String text = "ended with status " + status + " " + when;
    if (status > 128 && status < 128 + 65) {
      return text + " (signal " + (status - 128) + ")";
    }
    if (command.host() == null) {
      return text;
    }
    return switch (status) {
      case SSH_FAILED -> text + " (the connection failed or was lost)";
      case 127 -> text + " (command not found: is iblocksync installed on " + command.host() + "?)";
      default -> text;
    };
  }

  @Override
  public void onGone(Runnable action) {
    Tasks.start("end-of-" + command.name(), () -> awaitGone(action), this::ignore);
  }

  private void awaitGone(Runnable action) throws InterruptedException {
    running.await();
    long ended = System.nanoTime();
    while (!channel.hasWaited(DRAIN_MILLIS, ended)) {
      Thread.sleep(DRAIN_MILLIS / 20);
    }
    action.run();
  }

  /** Lets it end after all went well: closes its input, ignores what it still prints. */
  public void finish() throws EndpointException, InterruptedException {
    outbox.close();
    drain(in::readSome, Long.MAX_VALUE, this::sayPrinted);
    int status = awaitEnd(false, null);
    if (status != 0) {
      throw ended(
          "ended with status "
              + status
              + " after the image was across ("
              + (connectionLost() ? "the connection was lost" : "a wrapper's clean-up has failed?")
              + ")");
    }
  }

  @Override
  public void abort() {
    end.begin();
    outbox.abort();
  }

  /**
   * Drops what it still prints after a failure, so that its clean-up waits for no reader. An
   * endpoint that goes on for long has not noticed that its input is closed (a source in protocol 1
   * looks at it no more): then its output is closed too.
   */
  public void discard() {
    if (running.isAlive()) {
      // Not through the reader, at which a thread of the relay may still wait.
      StreamChannel rest = new StreamChannel(running.output());
      drain(bytes -> Math.max(0, rest.read(bytes)), MAX_DROPPED_BYTES, bytes -> {});
    }
  }

  /** Where a drain takes bytes from. */
  private interface Bytes {
    /** Reads at least one byte; returns 0 at the end. */
    int read(ByteBuffer into) throws IOException;
  }

  /**
   * Reads at most {@code limit} bytes of what still comes, on a thread of its own, and then closes
   * the output.
   */
  private void drain(Bytes rest, long limit, Consumer<ByteBuffer> seen) {
    try {
      Tasks.start("drain-" + command.name(), () -> drainAll(rest, limit, seen), this::ignore);
    } catch (OutOfMemoryError e) {
      closeOutput();
    }
  }

  private void drainAll(Bytes rest, long limit, Consumer<ByteBuffer> seen) throws IOException {
    try {
      ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES);
      for (long left = limit; left > 0 && rest.read(bytes.clear()) > 0; ) {
        left -= bytes.flip().remaining();
        seen.accept(bytes);
      }
    } finally {
      closeOutput();
    }
  }

  private void sayPrinted(ByteBuffer bytes) {
    if (Log.info()) {
      Log.info(title() + " printed after the end: " + Printable.first(bytes));
    }
  }

  /** So that it fails in writing instead of waiting for a reader. */
  private void closeOutput() {
    try {
      running.output().close();
    } catch (IOException e) {
      ignore(e);
    }
  }

  private void ignore(IOException e) {
    Log.debug(title() + ": " + e.getMessage());
  }

  /**
   * Waits for its end; says so if that takes long.
   *
   * @param force whether it is ended by signals when it does not end by itself, so long after it
   *     was {@linkplain #abort made to}
   * @param cause the failure after which it ends, for the line that says what is waited for; null
   *     if there is none
   * @return the exit status, 128 + number after a signal
   */
  int awaitEnd(boolean force, String cause) throws InterruptedException {
    return end.await(force, cause);
  }
}
