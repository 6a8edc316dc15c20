package io.iblocksync.cli.terminal;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The last line of the terminal on standard error, which is drawn over again and again. While it is
 * in use {@link System#err} goes through it: what is printed there takes the line's place, and the
 * line comes back below. One write a drawing, and none if nothing has changed, so that it does not
 * flicker.
 */
final class StatusLine extends OutputStream {
  private final OutputStream out;
  private final PrintStream before = System.err;
  private final String erase;
  private String shown = "";
  private boolean lineBegun;

  /**
   * Takes over standard error.
   *
   * @param out the terminal; stays open
   * @param ansi whether it can erase to the end of a line
   */
  StatusLine(OutputStream out, boolean ansi) {
    this.out = out;
    erase = ansi ? "\u001b[K" : null;
    System.setErr(new PrintStream(this, true, StandardCharsets.UTF_8));
  }

  /** Shows a line in the place of the one before. */
  synchronized void show(String line) {
    if (lineBegun || line.equals(shown)) {
      return;
    }
    String rest = " ".repeat(Math.max(0, shown.length() - line.length()));
    shown = line;
    put("\r" + line + (erase == null ? rest : erase));
  }

  /** Removes the line. */
  synchronized void clear() {
    if (!shown.isEmpty()) {
      String rest = " ".repeat(shown.length());
      shown = "";
      put(erase == null ? "\r" + rest + "\r" : "\r" + erase);
    }
  }

  /** Removes the line and gives standard error back. */
  synchronized void end() {
    clear();
    System.setErr(before);
  }

  private void put(String text) {
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The terminal is gone; the run goes on.
      shown = "";
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > 0) {
      clear();
      out.write(bytes, offset, length);
      lineBegun = bytes[offset + length - 1] != '\n';
    }
  }
}
