package io.iblocksync.cli.it;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An endpoint of the program as a process whose coordinator is the test. */
public final class LoneEndpoint implements Closeable {
  private final Process process;
  private final Path errors;
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  /**
   * Starts it in a folder.
   *
   * @param name of its launcher
   * @param environment more variables, beside those of the tests
   * @param patienceSeconds after which it is killed: a read that waits for ever cannot be
   *     interrupted, but ends with the process
   */
  public LoneEndpoint(
      Path folder,
      String name,
      List<String> arguments,
      Map<String, String> environment,
      int patienceSeconds)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(Repository.script(name).toString()));
    command.addAll(arguments);
    errors = Files.createTempFile(folder, name, ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectError(errors.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    process = builder.start();
    end.completeOnTimeout(null, patienceSeconds, TimeUnit.SECONDS)
        .thenRun(process::destroyForcibly);
  }

  /** What it sends. */
  public InputStream from() {
    return process.getInputStream();
  }

  /** What it is sent. */
  public OutputStream to() {
    return process.getOutputStream();
  }

  /**
   * Sends all of these bytes, though it may end before it has taken them.
   *
   * @return whether it has taken them; else its exit status says why
   */
  public boolean send(byte[] bytes) {
    try {
      to().write(bytes);
      to().flush();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Closes its input, if it has not ended. */
  public void endInput() {
    try {
      to().close();
    } catch (IOException e) {
      // It has ended, and its exit status says why.
    }
  }

  /** Waits for its exit status. */
  public int await() throws InterruptedException {
    return process.waitFor();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** What stands on its standard error so far. */
  public String said() {
    try {
      return Files.readString(errors);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    end.complete(null);
  }
}
