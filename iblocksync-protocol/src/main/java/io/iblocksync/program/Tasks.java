package io.iblocksync.program;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * Starts the threads of the program. Each is a daemon thread with one job. If an error ends the
 * job, the thread passes the error to a handler that its starter names, so that no failure is lost
 * with its thread. Safe for use by several threads.
 */
public final class Tasks {
  /** The work of a thread. */
  public interface Job {
    void run() throws IOException, InterruptedException;
  }

  private Tasks() {}

  /**
   * Starts a thread.
   *
   * @param failed gets the error that ends the job, on the job's thread: an IOException as it is,
   *     any other error as an IOException whose text can be shown to the user, see {@link
   *     Unexpected#exception}
   * @return the thread, already running
   * @throws OutOfMemoryError if the system allows no further thread
   */
  public static Thread start(String name, Job job, Consumer<IOException> failed) {
    return start(name, () -> runAndReport(job, failed));
  }

  /**
   * Starts a thread whose job reports its failures itself; an error that the job does not catch
   * ends the process, see {@link Unexpected#endProcess}.
   *
   * @return the thread, already running
   * @throws OutOfMemoryError if the system allows no further thread
   */
  public static Thread start(String name, Runnable job) {
    Thread thread = new Thread(job, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /**
   * Starts a thread that only makes the program faster: if the thread cannot be started, or fails,
   * the program continues without it.
   */
  public static void background(String name, Runnable job) {
    try {
      start(name, () -> runOptional(job));
    } catch (OutOfMemoryError e) {
      Log.debug(name + ": " + e.getMessage());
    }
  }

  private static void runAndReport(Job job, Consumer<IOException> failed) {
    try {
      job.run();
    } catch (InterruptedException e) {
      failed.accept(new IOException("interrupted", e));
    } catch (Throwable e) {
      failed.accept(Unexpected.exception(e));
    }
  }

  private static void runOptional(Runnable job) {
    try {
      job.run();
    } catch (Throwable e) {
      Log.debug(e);
    }
  }
}
