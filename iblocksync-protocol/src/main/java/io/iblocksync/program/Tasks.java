package io.iblocksync.program;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * Starts the threads of the program. Each is a daemon, does one job and hands whatever ends that
 * job early to the one place that its caller names, so that no failure is lost with its thread.
 * Safe for use by several threads.
 */
public final class Tasks {
  /** What a thread does. */
  public interface Job {
    void run() throws IOException, InterruptedException;
  }

  private Tasks() {}

  /**
   * Starts a thread.
   *
   * @param failed gets what ends the job early, on the job's thread: an IOException as it is,
   *     anything else as one whose text is fit for a user, see {@link Unexpected#exception}
   * @return the thread, already running
   * @throws OutOfMemoryError if the system allows no further thread
   */
  public static Thread start(String name, Job job, Consumer<IOException> failed) {
    return start(name, () -> runAndReport(job, failed));
  }

  /**
   * Starts a thread whose job reports its failures itself; an error that it does not catch ends the
   * process, see {@link Unexpected#endProcess}.
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
   * Starts a thread that only speeds things up: where it cannot be started, or fails, the program
   * goes on without it.
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
