package io.iblocksync.program;

import io.iblocksync.protocol.Backoff;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/** Prints results, such as the help or a report, on standard output. */
public final class Output {
  private Output() {}

  /**
   * Writes to standard output directly, because {@link System#out} hides errors. An error is
   * reported on standard error.
   *
   * @param program the name that precedes an error
   * @param text complete lines
   * @return the exit status, see {@link ExitStatus}: a failure if standard output cannot be written
   */
  @SuppressWarnings("resource") // Standard output stays open.
  public static int print(String program, String text) {
    try {
      // ssh may have left the descriptor in non-blocking mode, in which a stream would fail.
      FileChannel out = new FileOutputStream(FileDescriptor.out).getChannel();
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      Backoff backoff = new Backoff();
      while (bytes.hasRemaining()) {
        backoff.after(out.write(bytes));
      }
      return ExitStatus.DONE;
    } catch (IOException e) {
      System.err.println(program + ": error: cannot write to standard output: " + e.getMessage());
      return ExitStatus.FAILED;
    }
  }
}
