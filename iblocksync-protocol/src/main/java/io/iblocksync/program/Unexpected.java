package io.iblocksync.program;

import io.iblocksync.protocol.Printable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Reports errors that no code handles: a limit of the system or of the JVM is reached, or the
 * program has a bug. Each of them ends the run with one line on standard error, whichever thread
 * throws it. Safe for use by several threads.
 */
public final class Unexpected {
  private static final String MEMORY =
      "not enough memory: raise the limit, for example with IBLOCKSYNC_JAVA_OPTS=-Xmx512m";

  private static final String DIRECT_MEMORY =
      "not enough memory for blocks: raise the limit, for example with"
          + " IBLOCKSYNC_JAVA_OPTS=-XX:MaxDirectMemorySize=1g";

  private static final String THREADS =
      "no further thread can be started: the limit on processes and threads (ulimit -u, or that of"
          + " the service or container) is reached, or memory is short";

  private static final String DESCRIPTORS =
      "too many open files: raise the limit on file descriptors with ulimit -n";

  /** Guarded by the class: another thread must not end the process before the line is printed. */
  private static boolean reported;

  private Unexpected() {}

  /** Returns a text for the user that says what is wrong. */
  public static String text(Throwable e) {
    String message = e.getMessage();
    if (e instanceof OutOfMemoryError) {
      if (message != null && message.startsWith("unable to create native thread")) {
        return THREADS;
      }
      return message != null && message.startsWith("Cannot reserve") ? DIRECT_MEMORY : MEMORY;
    }
    if (e instanceof LinkageError) {
      return noDescriptorIsFree() ? DESCRIPTORS : "the program's own files cannot be read: " + e;
    }
    return "internal error: " + e;
  }

  /**
   * Returns an IOException as it is, and any other error as an IOException with its {@link #text}.
   */
  public static IOException exception(Throwable e) {
    return e instanceof IOException expected ? expected : new IOException(text(e), e);
  }

  /**
   * Fails if fewer than {@code count} file descriptors are free. Without this check, the program
   * could fail anywhere, even where it loads the classes that report the failure.
   *
   * @throws IOException with a text for the user
   */
  public static void checkDescriptors(int count) throws IOException {
    FileInputStream[] opened = new FileInputStream[count];
    try {
      for (int i = 0; i < count; i++) {
        opened[i] = openNothing();
      }
    } catch (IOException e) {
      throw new IOException(DESCRIPTORS, e);
    } finally {
      for (FileInputStream stream : opened) {
        if (stream != null) {
          stream.close();
        }
      }
    }
  }

  /** Whether no file can be opened: the JDK does not say why it cannot read a class. */
  private static boolean noDescriptorIsFree() {
    try (FileInputStream nothing = openNothing()) {
      return !nothing.getFD().valid();
    } catch (IOException e) {
      return true;
    }
  }

  private static FileInputStream openNothing() throws IOException {
    return new FileInputStream("/dev/null");
  }

  /**
   * From now on, an error that ends a thread is reported and ends the process, with exit status 1.
   *
   * @param program the name that precedes the error
   */
  public static void endProcess(String program) {
    LastWords.ready(program);
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> end(program, e));
  }

  /**
   * From now on, an error that ends a thread is passed to a handler.
   *
   * @param program the name that precedes the error if the handler fails
   * @param handler ends the run, on the thread that failed; if the handler fails, too, the process
   *     reports the error and ends at once
   */
  public static void handle(String program, Consumer<Throwable> handler) {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> {
          try {
            handler.accept(e);
          } catch (Throwable again) {
            end(program, e);
          }
        });
  }

  private static void end(String program, Throwable e) {
    try {
      report(program, e);
    } finally {
      Runtime.getRuntime().halt(ExitStatus.FAILED);
    }
  }

  /** Prints the one line about an error, as {@link #print} does. */
  public static void report(String program, Throwable e) {
    String text = MEMORY;
    try {
      text = Printable.line(text(e));
      Log.debug(e);
    } catch (Throwable again) {
      text = MEMORY; // No memory is left to form another text.
    }
    print(program, text);
  }

  /**
   * Prints the one line that says why this process fails, even if no memory is left to form it.
   * Only the first call prints: if memory runs out, every thread of the process notices.
   */
  public static synchronized void print(String program, String text) {
    if (reported) {
      return;
    }
    reported = true;
    try {
      System.err.println(program + ": error: " + text);
    } catch (Throwable e) {
      LastWords.print();
    }
  }

  /** A line that can be printed without allocating memory, prepared while some was free. */
  private static final class LastWords {
    private static final FileOutputStream ERRORS = new FileOutputStream(FileDescriptor.err);
    private static byte[] text = {};

    static void ready(String program) {
      text = (program + ": error: " + MEMORY + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    static void print() {
      try {
        ERRORS.write(text);
      } catch (IOException e) {
        return; // Standard error is broken: the error cannot be reported anywhere.
      }
    }
  }
}
