package io.iblocksync.cli.it;

import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The living processes whose environment carries a mark: children of a run however far from it they
 * have moved, into other sessions or to another parent.
 */
public final class Marked {
  private final String entry;

  public Marked(String mark) {
    this.entry = "\0" + Program.MARK + "=" + mark + "\0";
  }

  /** Process ids with their command lines, for a message. */
  public List<String> commands() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path process : list()) {
      found.add(process.getFileName() + ": " + read(process.resolve("cmdline")).replace('\0', ' '));
    }
    return found;
  }

  /** Sends a signal to each whose command line holds a text; returns how many there were. */
  public int signal(String name, String text) throws IOException {
    int count = 0;
    for (Path process : list()) {
      if (read(process.resolve("cmdline")).contains(text)) {
        Commands.run("kill", "-" + name, process.getFileName().toString());
        count++;
      }
    }
    return count;
  }

  /** The process ids of those whose command line holds a text. */
  public List<Long> find(String text) {
    List<Long> found = new ArrayList<>();
    for (Path process : list()) {
      if (read(process.resolve("cmdline")).contains(text)) {
        found.add(Long.valueOf(process.getFileName().toString()));
      }
    }
    return found;
  }

  public boolean isEmpty() {
    return list().isEmpty();
  }

  void kill() throws IOException {
    for (int tries = 0; tries < 10 && !isEmpty(); tries++) {
      for (Path process : list()) {
        ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
            .ifPresent(ProcessHandle::destroyForcibly);
      }
      Await.pause(20);
    }
  }

  private List<Path> list() {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        if (("\0" + read(process.resolve("environ"))).contains(entry)) {
          found.add(process);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot list processes", e);
    }
    return found;
  }

  /** Empty for a process that is gone, a zombie, or another user's. */
  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
