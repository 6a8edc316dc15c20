package io.iblocksync.testing;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Runs the system's commands for tests. */
public final class Commands {
  private Commands() {}

  /**
   * Runs a command with an empty standard input. A test whose tool is not installed is skipped: its
   * command is a name, without a folder.
   *
   * @return what it printed on standard output and standard error, without blanks at the end
   * @throws IOException if it cannot be started or ends with another status than 0
   */
  public static String run(String... command) throws IOException {
    if (command[0].indexOf('/') < 0) {
      needTool(command[0], System.getenv("PATH"));
    }
    Process process =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException(
            String.join(" ", command) + " ended with status " + status + ": " + output);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return output.stripTrailing();
  }

  /** Skips the test if this machine lacks the program of this name, wherever it would be. */
  public static void needTool(String name) {
    needTool(name, System.getenv("PATH") + ":/usr/sbin:/sbin");
  }

  private static void needTool(String name, String path) {
    for (String folder : path.split(":")) {
      if (Files.isExecutable(Path.of(folder, name))) {
        return;
      }
    }
    Assumptions.abort("no " + name + " here");
  }

  /** Runs a command without which the test cannot be: if it fails, the test is skipped. */
  public static String need(String purpose, String... command) {
    try {
      return run(command);
    } catch (IOException e) {
      return Assumptions.abort("no " + purpose + " here: " + e.getMessage());
    }
  }
}
