package io.iblocksync.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A process that has a file locked until it is closed. */
public final class Locker implements AutoCloseable {
  /** The name by which a process passes for an iblocksync. */
  public static final String IBLOCKSYNC = "io.iblocksync.cli.Main";

  private final Process process;

  /** Locks a file, says so, and waits. */
  static final class Lock {
    public static void main(String[] args) throws IOException {
      Path path = Path.of(args[1]);
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
          NativeFile file =
              args[0].equals("process") ? null : NativeFile.open(path, NativeFile.O_RDWR)) {
        System.out.println((file == null ? channel.tryLock() != null : file.tryLock(0, 0)));
        System.in.read();
      }
    }
  }

  /**
   * Returns when the file is locked.
   *
   * @param kind "process" for a POSIX lock, "descriptor" for one of an open file
   * @param name an argument by which the process passes for another program
   */
  public Locker(String kind, Path path, String name) throws IOException {
    process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                Lock.class.getName(),
                kind,
                path.toString(),
                name)
            .redirectError(Redirect.INHERIT)
            .start();
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    assertEquals("true", output.readLine());
  }

  public String id() {
    return Long.toString(process.pid());
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    process.onExit().join();
  }
}
