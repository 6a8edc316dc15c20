package io.iblocksync.cli.original;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An endpoint of the program as a process, with the test as its coordinator. */
final class OurEndpoint implements Endpoint {
  private static final int PATIENCE_SECONDS = 100;

  private final String name;
  private final Process process;
  private final Path errors;

  private OurEndpoint(String name, Process process, Path errors) {
    this.name = name;
    this.process = process;
    this.errors = errors;
    // A read that waits for ever cannot be interrupted, but ends with the process.
    CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .execute(process::destroyForcibly);
  }

  static OurEndpoint start(Path folder, String name, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Repository.script(name).toString());
    command.addAll(arguments);
    Path errors = folder.resolve(name + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectError(errors.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("LC_ALL", "C.UTF-8");
    return new OurEndpoint(name, builder.start(), errors);
  }

  InputStream from() {
    return process.getInputStream();
  }

  OutputStream to() {
    return process.getOutputStream();
  }

  @Override
  public OriginalCoordinator.Peer peer() {
    return new OriginalCoordinator.Peer(from(), to());
  }

  /** Sends all of these bytes, though the endpoint may end before it has taken them. */
  OurEndpoint send(byte[] bytes) {
    try {
      to().write(bytes);
      to().flush();
    } catch (IOException e) {
      // It has ended, and its exit status says why.
    }
    return this;
  }

  @Override
  public void endInput() {
    try {
      to().close();
    } catch (IOException e) {
      // As above.
    }
  }

  @Override
  public void ended(int status, String what) throws IOException, InterruptedException {
    int actual = process.waitFor();
    assertEquals(status, actual, () -> what + ": " + name + " said: " + said());
  }

  /** Asserts that nothing stands on standard error. */
  void saidNothing(String what) {
    assertEquals("", said(), what);
  }

  /** Asserts that one line of this endpoint's, and no more, stands on standard error. */
  String saidOneLine(String what) {
    String said = said();
    assertTrue(said.startsWith(name + ": error: "), what + ": " + said);
    assertEquals(said.length() - 1, said.indexOf('\n'), what + ": " + said);
    assertFalse(said.contains("Exception"), what + ": " + said);
    return said.strip();
  }

  /** The same, but nothing at all will do where it is the coordinator that has something to say. */
  void saidOneLineAtMost(String what) {
    if (!said().isEmpty()) {
      saidOneLine(what);
    }
  }

  private String said() {
    try {
      return Files.readString(errors);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
