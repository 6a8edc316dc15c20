package io.iblocksync.cli.process;

import io.iblocksync.cli.relay.EndpointException;
import io.iblocksync.program.ExitStatus;
import io.iblocksync.program.Log;
import io.iblocksync.program.Tasks;
import io.iblocksync.protocol.Greeting;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Greeting.StartError;
import io.iblocksync.protocol.LineException;
import io.iblocksync.protocol.Printable;
import io.iblocksync.protocol.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The start of the conversation with an endpoint: the greeting, and what it says of its image. Its
 * line is read on a thread of its own, so that the end of its process is noticed even when
 * something in the background holds its output open. For one call of one thread.
 */
public final class Handshake {
  private static final int SHOWN_BYTES = 200;
  private static final int MORE_MILLIS = 500;

  private final EndpointProcess endpoint;

  /** Written by the reading thread, with the failure; null if none came. */
  private volatile String line;

  private volatile IOException failure;

  public Handshake(EndpointProcess endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * Greets the endpoint and waits for its answer.
   *
   * @param limitSeconds how long that may take; 0 for as long as it takes
   * @throws EndpointException if it says that it cannot work on its image, says something else,
   *     ends or lets the time go by; it is being ended then, if it has not ended by itself
   */
  public ImageInfo greet(long limitSeconds) throws EndpointException, InterruptedException {
    endpoint.writeLine(Greeting.LINE);
    Thread reader = Tasks.start("start", this::readLine, e -> failure = e);
    StartWait wait = new StartWait(endpoint.title(), endpoint.host(), limitSeconds);
    while (endpoint.isAlive() && reader.isAlive()) {
      if (!wait.lasts()) {
        endpoint.abort();
        throw endpoint.silent(wait.failure());
      }
      reader.join(StartWait.STEP_MILLIS);
    }
    reader.join(EndpointProcess.DRAIN_MILLIS);
    if (failure instanceof LineException e) {
      throw aborted(notAnImageInfo(e.received(), reader));
    }
    if (failure != null) {
      throw endpoint.failed("cannot be read: " + failure.getMessage(), 0);
    }
    if (line == null) {
      endpoint.abort();
      throw endpoint.ended(endpoint.endedText("before it answered") + arguments());
    }
    endpoint.answered();
    try {
      Greeting.Answer answer = Greeting.parseAnswer(line);
      if (answer instanceof StartError error) {
        throw endpoint.failed(endpoint.command().path() + ": " + error.error(), error.errno());
      }
      return (ImageInfo) answer;
    } catch (ProtocolException e) {
      throw aborted(notAnImageInfo((line + "\n").getBytes(StandardCharsets.UTF_8), reader));
    }
  }

  private void readLine() throws IOException {
    line = endpoint.in().readLine(Greeting.MAX_LINE);
  }

  private EndpointException aborted(String message) {
    endpoint.abort();
    return endpoint.failed(message, 0);
  }

  /**
   * @param first the bytes of the line, or the beginning of one that is not ended
   */
  private String notAnImageInfo(byte[] first, Thread reader) throws InterruptedException {
    ByteBuffer shown = ByteBuffer.allocate(SHOWN_BYTES);
    shown.put(first, 0, Math.min(first.length, SHOWN_BYTES));
    if (!reader.isAlive()) {
      CountDownLatch enough = new CountDownLatch(1);
      Tasks.start("more", () -> readMore(shown, enough), e -> notRead(e, enough));
      enough.await(MORE_MILLIS, TimeUnit.MILLISECONDS);
    }
    String text = new String(first, StandardCharsets.ISO_8859_1);
    if (text.strip().equals(Greeting.LINE)) {
      return "sends back what it gets: a terminal stands between (RequestTTY in the configuration of"
          + " ssh, or ssh -t); use ssh -T";
    }
    return "answered with something else than an image info: \""
        + Printable.first(shown.duplicate().flip())
        + "\" (a wrapper or login script must print to standard error, with >&2)";
  }

  /** Reads until there is enough to show; then all else, so that the process is not held up. */
  private void readMore(ByteBuffer shown, CountDownLatch enough) throws IOException {
    while (shown.hasRemaining() && endpoint.in().readSome(shown) > 0) {}
    enough.countDown();
    while (endpoint.in().hasMore()) {
      endpoint.in().discard();
    }
  }

  private void notRead(IOException e, CountDownLatch enough) {
    Log.debug(endpoint.title() + ": " + e.getMessage());
    enough.countDown();
  }

  /** A hint where a command line was refused: 1.0.1 does not know all the algorithms. */
  private String arguments() throws InterruptedException {
    if (endpoint.awaitEnd(true, null) != ExitStatus.USAGE) {
      return "";
    }
    List<String> words = endpoint.command().words();
    int size = words.size();
    return " (it was given '" + String.join(" ", words.subList(size - 5, size - 1)) + "')";
  }
}
