package io.iblocksync.cli.process;

import io.iblocksync.endpoint.Endpoint;
import io.iblocksync.endpoint.EndpointProgram;
import io.iblocksync.image.LocalPair;
import io.iblocksync.program.Unexpected;
import io.iblocksync.protocol.WireReader;
import io.iblocksync.protocol.WireWriter;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An endpoint on this machine that runs as threads of this process instead of as a process: the
 * program's own, which no wrapper stands in for. That saves the start of another JVM and the pipes,
 * which together cost more than the work on an image of a GiB. The rest of the coordinator sees a
 * process. One that hangs cannot be killed: it is given up, and ends with the coordinator.
 */
final class InProcessEndpoint extends Process {
  private final MemoryPipe input = new MemoryPipe();
  private final MemoryPipe output = new MemoryPipe();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile int status;

  /**
   * Starts the endpoint.
   *
   * @param arguments what the executable would get
   * @param side where its chunks meet those of the other endpoint, if that runs so too; or null
   */
  InProcessEndpoint(Endpoint endpoint, List<String> arguments, LocalPair.Side side) {
    Thread thread = new Thread(() -> run(endpoint, arguments, side), endpoint.program());
    thread.setDaemon(true);
    thread.start();
  }

  private void run(Endpoint endpoint, List<String> arguments, LocalPair.Side side) {
    int result = 1;
    try (ReadableByteChannel in = input.source();
        WritableByteChannel out = output.sink()) {
      WireReader reader = new WireReader(in, true);
      WireWriter writer = new WireWriter(out, Integer.MAX_VALUE);
      result = EndpointProgram.runInside(endpoint, arguments, side, reader, writer);
    } catch (Throwable e) {
      Unexpected.report(endpoint.program(), e);
    } finally {
      status = result;
      ended.countDown();
    }
  }

  @Override
  public OutputStream getOutputStream() {
    return input.output();
  }

  @Override
  public InputStream getInputStream() {
    return output.input();
  }

  @Override
  public InputStream getErrorStream() {
    return InputStream.nullInputStream();
  }

  @Override
  public int waitFor() throws InterruptedException {
    ended.await();
    return exitValue();
  }

  @Override
  public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
    return ended.await(timeout, unit);
  }

  @Override
  public int exitValue() {
    if (ended.getCount() > 0) {
      throw new IllegalThreadStateException("has not ended");
    }
    return status;
  }

  @Override
  public boolean isAlive() {
    return ended.getCount() > 0;
  }

  @Override
  public void destroy() {
    throw new UnsupportedOperationException("threads cannot be killed");
  }
}
