package io.iblocksync.cli.process;

import io.iblocksync.cli.location.ShellWords;
import io.iblocksync.cli.relay.Role;
import io.iblocksync.endpoint.Endpoint;
import io.iblocksync.endpoint.EndpointProgram;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.image.LocalPair;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.program.Log;
import io.iblocksync.program.Tasks;
import io.iblocksync.program.Unexpected;
import io.iblocksync.protocol.WireReader;
import io.iblocksync.protocol.WireWriter;
import io.iblocksync.receive.TargetEndpoint;
import io.iblocksync.serve.SourceEndpoint;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An endpoint on this machine that runs as threads of this process: the program's own, which no
 * wrapper stands in for. That saves the start of another JVM and the pipes, which together cost
 * more than the work on an image of a GiB. One that hangs cannot be killed: the coordinator gives
 * it up, and it ends with this process.
 */
final class InProcessEndpoint implements RunningEndpoint {
  private final MemoryPipe input = new MemoryPipe();
  private final MemoryPipe output = new MemoryPipe();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile int status;

  private InProcessEndpoint() {}

  /**
   * Starts the endpoint.
   *
   * @param side where its chunks meet those of the other endpoint, if that runs so too; or null
   */
  static InProcessEndpoint start(EndpointCommand command, LocalPair.Side side) {
    if (Log.debug()) {
      Log.debug("running, in this process, " + ShellWords.quote(command.words()));
    }
    // What the executable would get.
    List<String> arguments = command.words().subList(1, command.words().size());
    Endpoint endpoint = command.role() == Role.SOURCE ? new SourceEndpoint() : new TargetEndpoint();
    InProcessEndpoint running = new InProcessEndpoint();
    Tasks.start(endpoint.program(), () -> running.run(endpoint, arguments, side));
    return running;
  }

  /**
   * Makes ready, in the background, what endpoints in this process will need, while others start or
   * look at their images.
   *
   * @param target whether the target is one of them
   * @param pair where their chunks meet, if both are; or null
   */
  static void warmUp(boolean target, HashAlgorithm algorithm, LocalPair pair) {
    if (target) {
      NativeFile.warmUp();
    }
    HashWorkers.warmUp(algorithm, pair);
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
  public OutputStream input() {
    return input.output();
  }

  @Override
  public InputStream output() {
    return output.input();
  }

  /** In memory the larger the better. */
  @Override
  public int writeBytes() {
    return Integer.MAX_VALUE;
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

  /** Threads of this process run as long as this one does. */
  @Override
  public void wake() {}

  /** Threads cannot be killed. */
  @Override
  public void kill(long graceMillis) {}
}
