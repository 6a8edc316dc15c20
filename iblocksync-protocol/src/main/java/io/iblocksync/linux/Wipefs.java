package io.iblocksync.linux;

import io.iblocksync.program.Log;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Asks util-linux's wipefs for all signatures in an image, those included that exclude each other.
 * Without an option that says so it erases nothing.
 */
final class Wipefs {
  private Wipefs() {}

  /**
   * The types of what is found, each once, in the order of their places; none if there is no
   * wipefs, or if it fails or takes too long.
   */
  static List<String> types(Path path, String searchPath, long timeoutMillis) {
    String program = ProbeProgram.find("wipefs", searchPath);
    if (program == null) {
      return List.of();
    }
    try (ProbeProgram wipefs =
        ProbeProgram.start(path, program, "--noheadings", "--output", "TYPE")) {
      ProbeProgram.Output output = wipefs.await(timeoutMillis);
      return output == null || output.status() != 0 ? List.of() : types(output.text());
    } catch (IOException e) {
      Log.debug("wipefs cannot be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return List.of();
  }

  private static List<String> types(String output) {
    Set<String> types = new LinkedHashSet<>();
    for (String line : output.split("\n")) {
      if (!line.isBlank()) {
        types.add(line.strip());
      }
    }
    return new ArrayList<>(types);
  }
}
