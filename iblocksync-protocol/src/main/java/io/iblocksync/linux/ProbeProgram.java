package io.iblocksync.linux;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running program of util-linux that looks into an image. For one thread, which closes it. */
final class ProbeProgram implements AutoCloseable {
  /** All that is read; a pipe takes it, so that the program never waits for a reader. */
  private static final int MAX_OUTPUT = 1 << 16;

  private final Process process;

  private ProbeProgram(Process process) {
    this.process = process;
  }

  /**
   * What a program has printed.
   *
   * @param text a character for each byte
   */
  record Output(int status, String text) {}

  /** The program's path: on the search path, else where administrators' programs are; or null. */
  static String find(String name, String searchPath) {
    String directories = (searchPath == null ? "" : searchPath) + ":/usr/sbin:/sbin";
    int start = 0;
    while (start <= directories.length()) {
      int colon = directories.indexOf(':', start);
      int end = colon < 0 ? directories.length() : colon;
      // Only absolute directories: what lies in the current one is not to be run by chance.
      if (directories.startsWith("/", start)) {
        Path program = Path.of(directories.substring(start, end), name);
        if (Files.isRegularFile(program) && Files.isExecutable(program)) {
          return program.toString();
        }
      }
      start = end + 1;
    }
    return null;
  }

  /**
   * Starts a program on an image.
   *
   * @param words the program and its options
   */
  static ProbeProgram start(Path image, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(words));
    // Not to be taken for an option.
    command.add(image.toString().startsWith("-") ? "./" + image : image.toString());
    return new ProbeProgram(
        new ProcessBuilder(command)
            .redirectInput(Redirect.from(new File("/dev/null")))
            .redirectError(Redirect.DISCARD)
            .start());
  }

  /**
   * Waits for the program's end.
   *
   * @return null if it does not end in time
   */
  Output await(long timeoutMillis) throws IOException, InterruptedException {
    if (!process.waitFor(timeoutMillis, TimeUnit.MILLISECONDS)) {
      return null;
    }
    // What it wrote is in the pipe now. Not until the end: a descendant may hold the pipe open.
    int length = Math.min(process.getInputStream().available(), MAX_OUTPUT);
    byte[] output = process.getInputStream().readNBytes(length);
    return new Output(process.exitValue(), new String(output, ISO_8859_1));
  }

  /** Kills the program and its descendants if it still runs. */
  @Override
  public void close() {
    if (process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
