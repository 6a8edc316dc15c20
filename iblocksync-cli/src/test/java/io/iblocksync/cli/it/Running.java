package io.iblocksync.cli.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.iblocksync.testing.Commands;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A started {@link Program}. {@link #close} kills whatever of it still runs. */
public final class Running implements Closeable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Process process;
  private final Marked processes;
  private final Path files;
  private final String command;

  Running(Process process, String mark, Path files, String command) {
    this.process = process;
    this.processes = new Marked(mark);
    this.files = files;
    this.command = command;
  }

  /** The process id of the program, which no shell stands before. */
  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Every process that this run started and that still lives. */
  public Marked processes() {
    return processes;
  }

  /** Waits for the end, and asserts that with it every process of this run has ended. */
  public Result await() throws IOException {
    Result result = awaitAlone();
    // Who was killed last needs a moment to die.
    for (int tries = 0; tries < 20 && !processes.isEmpty(); tries++) {
      Await.pause(50);
    }
    assertEquals(List.of(), processes.commands(), () -> "left behind by " + result.description());
    return result;
  }

  /** Waits for the end, whatever else goes on. */
  public Result awaitAlone() throws IOException {
    return awaitAlone(PATIENCE);
  }

  /** The same for a program that may take longer than others. */
  public Result awaitAlone(Duration patience) throws IOException {
    boolean ended = false;
    try {
      ended = process.waitFor(patience.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!ended) {
      fail("still runs: " + processes.commands() + "\n" + describe("?"));
    }
    String description = describe(Integer.toString(process.exitValue()));
    return new Result(process.exitValue(), text("out"), text("err"), description);
  }

  /** Sends the program alone a signal. */
  public void signal(String name) throws IOException {
    Commands.run("kill", "-" + name, Long.toString(process.pid()));
  }

  /** Sends a signal to the program's whole process group, as a terminal does. */
  public void signalGroup(String name) throws IOException {
    Commands.run("kill", "-" + name, "--", "-" + process.pid());
  }

  /** Types at the program's terminal. */
  public void type(String text) throws IOException {
    OutputStream keyboard = process.getOutputStream();
    keyboard.write(text.getBytes(StandardCharsets.UTF_8));
    keyboard.flush();
  }

  /** Ends the typing; an end of input after the text that was typed. */
  public void endTyping() throws IOException {
    process.getOutputStream().close();
  }

  /** What stands on standard output, or on the terminal, so far. */
  public String output() throws IOException {
    return text("out");
  }

  /** What stands on standard error so far. */
  public String errors() throws IOException {
    return text("err");
  }

  @Override
  public void close() throws IOException {
    processes.kill();
    process.destroyForcibly();
    process.onExit().join();
    try (DirectoryStream<Path> captured = Files.newDirectoryStream(files)) {
      for (Path file : captured) {
        Files.delete(file);
      }
    }
    Files.delete(files);
  }

  private String describe(String status) throws IOException {
    return command
        + "\nended with "
        + status
        + "\n-- standard output\n"
        + text("out")
        + "\n-- standard error\n"
        + text("err");
  }

  /** What a terminal showed and what was redirected are one text. */
  private String text(String name) throws IOException {
    String shown = Files.readString(files.resolve(name), StandardCharsets.ISO_8859_1);
    Path redirected = files.resolve(name + ".real");
    if (Files.exists(redirected)) {
      shown = Files.readString(redirected, StandardCharsets.ISO_8859_1);
    }
    return new String(shown.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
