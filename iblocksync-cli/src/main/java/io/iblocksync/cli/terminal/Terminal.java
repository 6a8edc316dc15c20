package io.iblocksync.cli.terminal;

import io.iblocksync.program.Log;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * What standard error's terminal can do, and its width, also after it was resized: the system says
 * so with SIGWINCH, and then stty(1), a process of a few milliseconds, tells the new width, which
 * Java cannot ask for.
 */
public final class Terminal {
  private static final int DEFAULT_COLUMNS = 80;
  private static final int STTY_MILLIS = 1000;

  private int columns = Integer.getInteger("iblocksync.columns", DEFAULT_COLUMNS);
  private volatile boolean resized;

  /** Whether escape sequences work. */
  boolean ansi() {
    String term = System.getenv("TERM");
    return term != null && !term.isEmpty() && !term.equals("dumb");
  }

  /** Whether colours are wanted, as no-color.org has it. */
  boolean colours() {
    String no = System.getenv("NO_COLOR");
    return ansi() && (no == null || no.isEmpty());
  }

  /** From now on {@link #columns} is kept up to date. */
  void watch() {
    Signals.handle("WINCH", number -> resized = true);
  }

  /** Whether its width has changed since {@link #columns} was called last. */
  boolean resized() {
    return resized;
  }

  /** The width. */
  int columns() {
    if (resized) {
      resized = false;
      columns = ask();
    }
    return columns;
  }

  /** Whether what is typed is not shown, as at a prompt for a password. */
  public boolean hidesTyping() {
    return stty("-a").matches("(?s).*\\s-echo\\s.*");
  }

  private int ask() {
    String size = stty("size").strip();
    try {
      int asked = Integer.parseInt(size.substring(size.indexOf(' ') + 1));
      return asked > 0 ? asked : columns;
    } catch (NumberFormatException e) {
      Log.debug("cannot ask for the terminal's width: " + e);
      return columns;
    }
  }

  /** What stty says; nothing if that fails. */
  private static String stty(String what) {
    try {
      Process stty =
          new ProcessBuilder("/bin/sh", "-c", "exec stty " + what + " <&2 2>/dev/null")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      stty.getOutputStream().close();
      if (!stty.waitFor(STTY_MILLIS, TimeUnit.MILLISECONDS)) {
        stty.destroyForcibly();
        return "";
      }
      return new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      Log.debug("cannot ask the terminal: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "";
  }
}
