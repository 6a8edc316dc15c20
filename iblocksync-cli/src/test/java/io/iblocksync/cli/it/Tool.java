package io.iblocksync.cli.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A tool of the system that a test needs to get its work done, wherever it is installed. */
public final class Tool {
  private Tool() {}

  /** Runs it to its end, whatever that is; returns what it printed, both streams, stripped. */
  public static String run(String... words) throws IOException {
    StringBuilder text = new StringBuilder();
    run(text, words);
    return text.toString();
  }

  /** Runs it and sees that it succeeds. */
  public static String check(String... words) throws IOException {
    StringBuilder text = new StringBuilder();
    if (run(text, words) != 0) {
      throw new IOException(String.join(" ", words) + ": " + text);
    }
    return text.toString();
  }

  private static int run(StringBuilder text, String... words) throws IOException {
    List<String> all = new ArrayList<>(List.of("env", "PATH=" + Repository.path()));
    all.addAll(List.of(words));
    Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
    process.getOutputStream().close();
    byte[] bytes = process.getInputStream().readAllBytes();
    text.append(new String(bytes, StandardCharsets.UTF_8).strip());
    return process.onExit().join().exitValue();
  }
}
