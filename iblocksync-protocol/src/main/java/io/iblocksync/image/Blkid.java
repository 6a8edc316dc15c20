package io.iblocksync.image;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Asks util-linux's blkid for the UUID of the file system, or of whatever else, in an image. */
public final class Blkid {
  private static final long TIMEOUT_MILLIS = 10_000;

  /** Far more than any UUID that blkid knows of. */
  private static final int MAX_LENGTH = 256;

  private Blkid() {}

  /**
   * The UUID that blkid finds in an image. Takes 10 seconds at most.
   *
   * @return the UUID, or {@code ""} if there is none or no blkid, or if it fails or takes too long
   */
  public static String uuid(Path path) {
    return uuid(path, System.getenv("PATH"), TIMEOUT_MILLIS);
  }

  static String uuid(Path path, String searchPath, long timeoutMillis) {
    String program = find(searchPath);
    if (program == null) {
      return "";
    }
    String name = path.toString();
    // Not to be taken for an option.
    String image = name.startsWith("-") ? "./" + name : name;
    Process process = null;
    try {
      process =
          new ProcessBuilder(program, "-p", "-s", "UUID", "-o", "value", image)
              .redirectInput(Redirect.from(new File("/dev/null")))
              .redirectError(Redirect.DISCARD)
              .start();
      if (!process.waitFor(timeoutMillis, TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
        return "";
      }
      // What it wrote is in the pipe now. Not until the end: a descendant may hold the pipe open.
      int length = Math.min(process.getInputStream().available(), MAX_LENGTH);
      return firstWord(process.getInputStream().readNBytes(length));
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    } finally {
      end(process);
    }
  }

  /** The program's path: on the search path, else where administrators' programs are; or null. */
  static String find(String searchPath) {
    String folders = (searchPath == null ? "" : searchPath) + ":/usr/sbin:/sbin";
    int start = 0;
    while (start <= folders.length()) {
      int colon = folders.indexOf(':', start);
      int end = colon < 0 ? folders.length() : colon;
      // Only absolute folders: what lies in the current one is not to be run by chance.
      if (folders.startsWith("/", start)) {
        Path program = Path.of(folders.substring(start, end), "blkid");
        if (Files.isRegularFile(program) && Files.isExecutable(program)) {
          return program.toString();
        }
      }
      start = end + 1;
    }
    return null;
  }

  /**
   * Whatever came is going into a JSON line and onto a terminal, so only printable ASCII counts.
   */
  private static String firstWord(byte[] output) {
    StringBuilder word = new StringBuilder();
    for (byte b : output) {
      if (b <= ' ' || b > '~') {
        break;
      }
      word.append((char) b);
    }
    return word.toString();
  }

  private static void end(Process process) {
    if (process != null && process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
