package io.iblocksync.cli.process;

import io.iblocksync.program.Unexpected;
import io.iblocksync.protocol.Greeting;
import io.iblocksync.protocol.LineException;
import io.iblocksync.protocol.WireReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Reads an endpoint's first line on a thread of its own, so that the end of its process is noticed
 * even when something in the background holds its output open.
 */
final class StartReader extends Thread {
  private static final int SHOWN_BYTES = 200;
  private static final int MORE_MILLIS = 500;

  private final WireReader in;
  private volatile String line;
  private volatile IOException failure;

  StartReader(WireReader in) {
    super("start");
    this.in = in;
    setDaemon(true);
  }

  @Override
  public void run() {
    try {
      line = in.readLine(Greeting.MAX_LINE);
    } catch (Throwable e) {
      failure = Unexpected.exception(e);
    }
  }

  /** The line; null if none came. */
  String line() throws IOException {
    if (failure != null) {
      throw failure;
    }
    return line;
  }

  /**
   * The first bytes of what came instead of an image info, the line and some of what follows it.
   */
  ByteBuffer received() throws InterruptedException {
    ByteBuffer shown = ByteBuffer.allocate(SHOWN_BYTES);
    byte[] first =
        failure instanceof LineException e
            ? e.received()
            : (line + "\n").getBytes(StandardCharsets.UTF_8);
    shown.put(first, 0, Math.min(first.length, SHOWN_BYTES));
    if (!isAlive()) {
      CountDownLatch enough = new CountDownLatch(1);
      Thread more = new Thread(() -> readMore(shown, enough), "more");
      more.setDaemon(true);
      more.start();
      enough.await(MORE_MILLIS, TimeUnit.MILLISECONDS);
    }
    return shown.duplicate().flip();
  }

  /** Reads until there is enough to show; then all else, so that the process is not held up. */
  private void readMore(ByteBuffer shown, CountDownLatch enough) {
    try {
      while (shown.hasRemaining() && in.readSome(shown) > 0) {}
      enough.countDown();
      while (in.hasMore()) {
        in.discard();
      }
    } catch (Throwable e) {
      failure = Unexpected.exception(e);
      enough.countDown();
    }
  }
}
