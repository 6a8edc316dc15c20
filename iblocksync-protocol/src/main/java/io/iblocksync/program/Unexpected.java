package io.iblocksync.program;

import io.iblocksync.protocol.Printable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Errors that no code waits for: a limit of the system or of the JVM is reached, or the program has
 * a bug. Each of them ends the run with one line, on whatever thread it is thrown. Safe for use by
 * several threads.
 */
public final class Unexpected {
  private static final int FAILED = 1;

  private static final String MEMORY =
      "not enough memory: raise the limit, such as with IBLOCKSYNC_JAVA_OPTS=-Xmx512m";

  private static final String DIRECT_MEMORY =
      "not enough memory for blocks: raise the limit, such as with"
          + " IBLOCKSYNC_JAVA_OPTS=-XX:MaxDirectMemorySize=1g";

  private static final String THREADS =
      "no further thread can be started: the limit of processes and threads is reached (ulimit -u,"
          + " or that of the service or container), or memory";

  private static final String DESCRIPTORS =
      "too many open files: raise the limit of descriptors with ulimit -n";

  /** Guarded by the class: who ends the process waits until the line is out. */
  private static boolean reported;

  private Unexpected() {}

  /** Says what is wrong, for a user. */
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

  /** The same as an exception, which is the very one if it is one that code waits for. */
  public static IOException exception(Throwable e) {
    return e instanceof IOException expected ? expected : new IOException(text(e), e);
  }

  /**
   * Fails if fewer descriptors than these are free: else the program could fail anywhere, also
   * where it loads the classes that are to say so.
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

  /** The JDK does not say why it cannot read a class. */
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
   * From now on an error that ends a thread of this process ends the process.
   *
   * @param program under whose name it is reported
   */
  public static void endProcess(String program) {
    LastWords.ready(program);
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> end(program, e));
  }

  /**
   * From now on an error that ends a thread of this process is for this.
   *
   * @param order ends the run; should it fail, too, the process ends at once
   */
  public static void handle(String program, Consumer<Throwable> order) {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> {
          try {
            order.accept(e);
          } catch (Throwable again) {
            end(program, e);
          }
        });
  }

  private static void end(String program, Throwable e) {
    try {
      report(program, e);
    } finally {
      Runtime.getRuntime().halt(FAILED);
    }
  }

  /** Prints the one line about an error, as {@link #print} does. */
  public static void report(String program, Throwable e) {
    String text = MEMORY;
    try {
      text = Printable.line(text(e));
      Log.debug(e);
    } catch (Throwable again) {
      text = MEMORY; // There is none to form another text.
    }
    print(program, text);
  }

  /**
   * Prints the one line that says why this process fails, also where no memory is left to form it.
   * Only the first call prints: where memory runs out, each part of a process notices that.
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

  /** What can be printed without any memory, made ready while there was some. */
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
        return; // There is nobody to tell.
      }
    }
  }
}
