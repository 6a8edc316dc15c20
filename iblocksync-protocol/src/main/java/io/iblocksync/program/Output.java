package io.iblocksync.program;

import io.iblocksync.protocol.Backoff;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/** Prints what the user asked for. */
public final class Output {
  private Output() {}

  /**
   * Writes to standard output, past {@link System#out}, which hides errors.
   *
   * @param program the name under which an error is told
   * @param text lines, each with its end
   * @return the exit status: 0, or 1 if standard output cannot be written
   */
  @SuppressWarnings("resource") // Standard output stays open.
  public static int print(String program, String text) {
    try {
      // A channel, for ssh may have left the descriptor in non-blocking mode: a stream would fail.
      FileChannel out = new FileOutputStream(FileDescriptor.out).getChannel();
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      Backoff backoff = new Backoff();
      while (bytes.hasRemaining()) {
        backoff.after(out.write(bytes));
      }
      return 0;
    } catch (IOException e) {
      System.err.println(program + ": error: cannot write to standard output: " + e.getMessage());
      return 1;
    }
  }
}
