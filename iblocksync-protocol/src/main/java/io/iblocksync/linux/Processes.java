package io.iblocksync.linux;

import io.iblocksync.protocol.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The processes of this machine, as far as this one may see them. */
public final class Processes {
  private static final Path PROCESSES = Path.of("/proc");
  private static final Path SELF = Path.of("/proc/self");

  private static final String PACKAGE = "io.iblocksync.";

  /** What the command line of a program that can have a target names. */
  private static final String[] PROGRAMS = {PACKAGE + "cli.Main\0", PACKAGE + "receive.Main\0"};

  private Processes() {}

  /** The ids of all processes. */
  public static List<String> all() throws IOException {
    List<String> ids = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (Path process : processes) {
        ids.add(process.getFileName().toString());
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return ids;
  }

  /** The directory in which the kernel describes a process. */
  public static Path directory(String id) {
    return PROCESSES.resolve(id);
  }

  /** The id of this process. (ProcessHandle would start a thread for that.) */
  public static String own() throws IOException {
    return Files.readSymbolicLink(SELF).toString();
  }

  /** Whether a process is an iblocksync that can have a target. */
  static boolean isIblocksync(String id) {
    String command = text(directory(id).resolve("cmdline"));
    return command.contains(PROGRAMS[0]) || command.contains(PROGRAMS[1]);
  }

  /** The short name of a process; empty if there is none. */
  static String name(String id) {
    return Printable.line(text(directory(id).resolve("comm")).strip());
  }

  /** A process for a message, as in {@code process 123 (mkfs.ext4)}. */
  public static String describe(String id) {
    if (isIblocksync(id)) {
      return "another iblocksync (process " + id + ")";
    }
    String name = name(id);
    return "process " + id + (name.isEmpty() ? "" : " (" + name + ")");
  }

  /** The content of a file of /proc; empty if it cannot be read. */
  public static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
