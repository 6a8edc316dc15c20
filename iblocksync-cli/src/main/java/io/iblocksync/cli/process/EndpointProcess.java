package io.iblocksync.cli.process;

import io.iblocksync.cli.location.ShellWords;
import io.iblocksync.cli.relay.EndpointException;
import io.iblocksync.cli.relay.Outbox;
import io.iblocksync.cli.relay.Role;
import io.iblocksync.image.LocalPair;
import io.iblocksync.program.Log;
import io.iblocksync.protocol.Greeting;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Greeting.StartError;
import io.iblocksync.protocol.LineException;
import io.iblocksync.protocol.Printable;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.protocol.RateLimit;
import io.iblocksync.protocol.WireReader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An endpoint's process, local or behind a remote shell: its start, its standard input and output,
 * and its end. The end of an endpoint is the end of its process, not of its pipes, which something
 * that a wrapper left in the background may hold.
 */
public final class EndpointProcess {
  /** Can be set, for tests, which have no minute to wait. */
  private static final int TERM_AFTER_SECONDS = Integer.getInteger("iblocksync.term", 60);

  static final int SAY_AFTER_SECONDS = Math.min(5, TERM_AFTER_SECONDS / 2);

  private static final int KILL_AFTER_SECONDS = Integer.getInteger("iblocksync.kill", 10);

  /** What a pipe takes best at once; in memory the larger the better. */
  private static final int PIPE_WRITE_BYTES = 1 << 16;

  private static final int INSIDE_WRITE_BYTES = Integer.MAX_VALUE;
  private static final int DISCARD_BYTES = 1 << 16;
  private static final long MAX_DISCARDED_BYTES = 64L << 20;

  /** How long what a process left in its pipe may take to be read after its end. */
  private static final int DRAIN_MILLIS = 2000;

  private static final int KILLED = 128 + 9;

  private final Role role;
  private final EndpointCommand command;
  private final String location;
  private final Process process;
  private final Outbox outbox;
  private final StreamChannel channel;
  private final WireReader in;
  private final AtomicBoolean waitIsSaid = new AtomicBoolean();

  /** When it was made to end, as System.nanoTime; 0 before. */
  private final AtomicLong aborted = new AtomicLong();

  private volatile boolean givenUp;

  /** A remote shell that got no answer may hang for minutes: nobody waits for that after Ctrl-C. */
  private volatile boolean answered;

  private EndpointProcess(
      EndpointCommand command, String location, long bwlimit, Process process, int writeBytes) {
    this.role = command.role();
    this.command = command;
    this.location = location;
    this.process = process;
    OutputStream out = process.getOutputStream();
    int bufferBytes = PIPE_WRITE_BYTES;
    if (bwlimit > 0) {
      // No more than the limit lets through at once: what is in the buffer holds up an end.
      RateLimit limit = new RateLimit(bwlimit);
      out = new LimitedOutputStream(out, limit);
      bufferBytes = limit.step();
    }
    this.outbox =
        new Outbox(
            new BufferedOutputStream(out, bufferBytes),
            command.name(),
            bwlimit > 0 ? bufferBytes : writeBytes);
    this.channel = new StreamChannel(process.getInputStream());
    this.in = new WireReader(channel, false);
  }

  /**
   * Starts the process.
   *
   * @param location as the user wrote it
   * @param environment what it gets, instead of what Java got
   * @param bwlimit bytes a second that are sent to it; 0 for any number
   * @param side where chunks meet if both endpoints run in this process; null if they do not
   */
  public static EndpointProcess start(
      EndpointCommand command,
      String location,
      Map<String, String> environment,
      long bwlimit,
      LocalPair.Side side)
      throws EndpointException {
    if (Log.info()) {
      Log.info(
          (command.own() ? "running, in this process, " : "starting ") + quoted(command.words()));
    }
    if (command.own()) {
      List<String> arguments = command.words().subList(1, command.words().size());
      Process inside = new InProcessEndpoint(command.role().newEndpoint(), arguments, side);
      return new EndpointProcess(command, location, 0, inside, INSIDE_WRITE_BYTES);
    }
    List<String> words = new ArrayList<>(shield(command.host() != null));
    words.addAll(command.words());
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      return around(builder.start(), command, location, bwlimit);
    } catch (IOException e) {
      throw new EndpointException(
          title(command), command.role(), "cannot be started: " + e.getMessage(), 0);
    }
  }

  private static EndpointProcess around(
      Process process, EndpointCommand command, String location, long bwlimit) throws IOException {
    try {
      return new EndpointProcess(command, location, bwlimit, process, PIPE_WRITE_BYTES);
    } catch (OutOfMemoryError e) {
      // It ends by that, and its wrapper cleans up.
      process.getOutputStream().close();
      throw e;
    }
  }

  /**
   * Ctrl-C and a lost terminal reach every process of the foreground job. A wrapper must not die of
   * them with its snapshot still there: the coordinator ends it in order, by closing its input. For
   * a remote one the same holds of SIGTERM, which would end ssh and so hide the end of the wrapper.
   */
  private static List<String> shield(boolean remote) {
    String signals = remote ? "INT HUP TERM" : "INT HUP";
    return List.of("/bin/sh", "-c", "trap '' " + signals + "; exec \"$@\"", "sh");
  }

  private static String quoted(List<String> words) {
    StringBuilder line = new StringBuilder();
    for (String word : words) {
      line.append(line.length() == 0 ? "" : " ").append(ShellWords.quote(word));
    }
    return line.toString();
  }

  private static String title(EndpointCommand command) {
    return command.host() == null ? command.name() : command.name() + " on " + command.host();
  }

  /** Name and host, as in {@code iblocksync-receive on backup}, which can be printed. */
  public String title() {
    return Printable.line(title(command));
  }

  /** Whether it runs on another machine. */
  public boolean remote() {
    return command.host() != null;
  }

  public Outbox outbox() {
    return outbox;
  }

  public WireReader in() {
    return in;
  }

  /** How many bytes it has sent. */
  public long received() {
    return channel.received();
  }

  /** How many bytes it was sent. */
  public long sent() {
    return outbox.written();
  }

  public void writeLine(String line) throws InterruptedException {
    outbox.put(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)), null);
  }

  /**
   * Greets the endpoint and waits for what it says of its image.
   *
   * @param limitSeconds how long that may take; 0 for as long as it takes
   */
  public ImageInfo greet(long limitSeconds) throws EndpointException, InterruptedException {
    writeLine(Greeting.LINE);
    StartReader reader = new StartReader(in);
    reader.start();
    StartWait wait = new StartWait(title(), command.host(), limitSeconds);
    while (process.isAlive() && reader.isAlive()) {
      if (!wait.lasts()) {
        abort();
        throw failed(wait.failure());
      }
      reader.join(StartWait.STEP_MILLIS);
    }
    reader.join(DRAIN_MILLIS);
    try {
      String line = reader.line();
      if (line == null) {
        abort();
        throw failed(endedText("before it answered") + arguments());
      }
      answered = true;
      Greeting.Answer answer = Greeting.parseAnswer(line);
      if (answer instanceof StartError error) {
        throw failed(location + ": " + error.error(), error.errno());
      }
      return (ImageInfo) answer;
    } catch (ProtocolException | LineException e) {
      abort();
      throw failed(notAnImageInfo(reader));
    } catch (EndpointException e) {
      throw e;
    } catch (IOException e) {
      throw failed("cannot be read: " + e.getMessage());
    }
  }

  private String notAnImageInfo(StartReader reader) throws InterruptedException {
    String received = Printable.first(reader.received());
    return "answered with something else than an image info: \""
        + received
        + "\" (a wrapper or login script must print to standard error, with >&2)";
  }

  /** A hint where a command line was refused: 1.0.1 does not know all the algorithms. */
  private String arguments() throws InterruptedException {
    if (awaitEnd(true, null) != 2) {
      return "";
    }
    List<String> words = command.words();
    int size = words.size();
    return " (it was given '" + String.join(" ", words.subList(size - 5, size - 1)) + "')";
  }

  public EndpointException failed(String message) {
    return failed(message, 0);
  }

  public EndpointException failed(String message, int errno) {
    return new EndpointException(title(), role, message, errno);
  }

  /** How it ended, for a message; waits for the end. */
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
      case 255 -> text + " (the connection failed or was lost)";
      case 127 -> text + " (command not found: is iblocksync installed on " + command.host() + "?)";
      default -> text;
    };
  }

  /** Runs the action if the process has ended and yet a reader waits for more of its output. */
  public void onGone(Runnable action) {
    Thread thread =
        new Thread(
            () -> {
              try {
                process.waitFor();
                long end = System.nanoTime();
                while (!channel.hasWaited(DRAIN_MILLIS, end)) {
                  Thread.sleep(DRAIN_MILLIS / 20);
                }
                action.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "end-of-" + command.name());
    thread.setDaemon(true);
    thread.start();
  }

  /** Lets it end after all went well: closes its input, ignores what it still prints. */
  public void finish() throws EndpointException, InterruptedException {
    outbox.close();
    drain();
    int status = awaitEnd(false, null);
    if (status != 0) {
      throw failed(
          "ended with status "
              + status
              + " after the image was across (a wrapper's clean-up has failed?)");
    }
  }

  /** Makes it end after a failure: closes its input, and does not wait. */
  public void abort() {
    aborted.compareAndSet(0, System.nanoTime() | 1);
    outbox.abort();
  }

  /**
   * Drops what it still prints after a failure, so that its clean-up waits for no reader. Who goes
   * on for long has not noticed that its input is closed (a source in protocol 1 looks at it no
   * more): then its output is closed too.
   */
  public void discard() {
    if (!process.isAlive()) {
      return;
    }
    Thread thread =
        new Thread(
            () -> {
              byte[] dropped = new byte[DISCARD_BYTES];
              try (InputStream output = process.getInputStream()) {
                long left = MAX_DISCARDED_BYTES;
                for (int read = 0; read >= 0 && left > 0; left -= read) {
                  read = output.read(dropped);
                }
              } catch (IOException e) {
                Log.debug(title() + ": " + e.getMessage());
              }
            },
            "discard-" + command.name());
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      closeOutput();
    }
  }

  /** So that it fails in writing instead of waiting for a reader. */
  private void closeOutput() {
    try {
      process.getInputStream().close();
    } catch (IOException e) {
      Log.debug(title() + ": " + e.getMessage());
    }
  }

  /** Reads and drops what a wrapper prints after the end of the protocol. */
  private void drain() {
    Thread thread =
        new Thread(
            () -> {
              ByteBuffer bytes = ByteBuffer.allocate(4096);
              try {
                while (in.readSome(bytes.clear()) > 0) {
                  String text = Printable.first(bytes.flip());
                  Log.info(title() + " printed after the end: " + text);
                }
              } catch (IOException e) {
                Log.debug(title() + ": " + e.getMessage());
              }
            },
            "drain-" + command.name());
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Waits for the process to end; says so if that takes long. Several threads may wait: who would
   * force the end, after a signal, must not wait for who does not.
   *
   * @param force whether it is ended by signals when it does not end by itself, so long after it
   *     was {@linkplain #abort made to}
   * @param cause after what it is to end, for the user who has to wait; null if nothing has failed
   * @return the exit status, 128 + number after a signal
   */
  public int awaitEnd(boolean force, String cause) throws InterruptedException {
    long start = aborted.get() == 0 ? System.nanoTime() : aborted.get();
    if (!endsWithin(SAY_AFTER_SECONDS, start)) {
      if (waitIsSaid.compareAndSet(false, true)) {
        String after = cause == null ? "" : " after " + Printable.line(cause);
        System.err.println("iblocksync: waiting for " + title() + " to end" + after);
      }
      if (!command.own()) {
        // One that is stopped cannot notice that its input has ended.
        new ProcessTree(process).wake();
      }
      if (force) {
        boolean hanging = command.host() != null && !answered;
        if (!endsWithin(hanging ? 0 : TERM_AFTER_SECONDS, start)) {
          endByForce(hanging ? 1 : KILL_AFTER_SECONDS);
        }
      }
    }
    return givenUp ? KILLED : process.waitFor();
  }

  private boolean endsWithin(int seconds, long start) throws InterruptedException {
    long left = TimeUnit.SECONDS.toNanos(seconds) - (System.nanoTime() - start);
    return process.waitFor(left, TimeUnit.NANOSECONDS);
  }

  /** Not even SIGKILL ends who waits for a disk that does not answer: nobody else need wait. */
  private synchronized void endByForce(int graceSeconds) throws InterruptedException {
    if (!command.own()) {
      new ProcessTree(process).end(graceSeconds);
    }
    if (process.isAlive() && !givenUp) {
      givenUp = true;
      Log.warn(title() + " does not end and is given up: does its disk not answer?");
    }
  }
}
