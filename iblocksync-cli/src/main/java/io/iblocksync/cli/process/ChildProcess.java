package io.iblocksync.cli.process;

import io.iblocksync.cli.location.ShellWords;
import io.iblocksync.program.Log;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An endpoint that is a process of its own: its executable, a wrapper, or a remote shell. */
final class ChildProcess implements RunningEndpoint {
  /** What a pipe takes best at once. */
  private static final int WRITE_BYTES = 1 << 16;

  private final Process process;

  private ChildProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts the process; its standard error is this process's.
   *
   * @param environment what it gets, instead of what Java got
   */
  static ChildProcess start(EndpointCommand command, Map<String, String> environment)
      throws IOException {
    if (Log.debug()) {
      Log.debug("starting " + ShellWords.quote(command.words()));
    }
    List<String> words = new ArrayList<>(shield(command.host() != null));
    words.addAll(command.words());
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new ChildProcess(builder.start());
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

  @Override
  public OutputStream input() {
    return process.getOutputStream();
  }

  @Override
  public InputStream output() {
    return process.getInputStream();
  }

  @Override
  public int writeBytes() {
    return WRITE_BYTES;
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public int await() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public boolean await(long nanos) throws InterruptedException {
    return process.waitFor(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void wake() throws InterruptedException {
    new ProcessTree(process).wake();
  }

  @Override
  public void kill(long graceMillis) throws InterruptedException {
    new ProcessTree(process).end(graceMillis);
  }
}
