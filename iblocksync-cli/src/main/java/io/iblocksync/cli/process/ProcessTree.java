package io.iblocksync.cli.process;

import io.iblocksync.program.Log;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process of this machine and what it has started, which signals end. They go by process handles:
 * {@link Process#destroy} closes the process's input, too, and waits for a write to it that is
 * under way, for ever if nobody takes what is written.
 */
final class ProcessTree {
  private static final int LAST_MILLIS = 1000;

  private final Process root;

  /** Those below the root that were there at the last look, parents first. */
  private List<ProcessHandle> below;

  /** Takes a look at what there is now. */
  ProcessTree(Process root) {
    this.root = root;
    this.below = root.descendants().toList();
  }

  /** Lets those go on that were stopped (SIGCONT), so that they notice what has become of them. */
  void wake() throws InterruptedException {
    List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", "kill -CONT \"$@\"", "sh"));
    words.add(Long.toString(root.pid()));
    below.forEach(process -> words.add(Long.toString(process.pid())));
    try {
      Process kill =
          new ProcessBuilder(words)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      kill.waitFor(1, TimeUnit.SECONDS);
    } catch (IOException e) {
      Log.debug("cannot send SIGCONT: " + e.getMessage());
    }
  }

  /**
   * Ends all of them: first by SIGTERM, then by SIGKILL, from the last ones up, for a wrapper
   * cleans up when what it has started has ended.
   *
   * @param graceMillis how long each step may take to help
   */
  void end(long graceMillis) throws InterruptedException {
    // The root first: a shell would start its next command when the one that it waits for ends.
    root.toHandle().destroy();
    below.forEach(ProcessHandle::destroy);
    wake();
    List<ProcessHandle> all = new ArrayList<>(below);
    while (!endsWithin(graceMillis) && killLast()) {}
    all.addAll(root.descendants().toList());
    root.toHandle().destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
    // A signal takes a moment to end a process; nothing of the run may outlive it.
    below = all;
    if (!endsWithin(LAST_MILLIS)) {
      Log.debug("processes remain that SIGKILL does not end");
    }
  }

  private boolean endsWithin(long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    if (!root.waitFor(millis, TimeUnit.MILLISECONDS)) {
      return false;
    }
    try {
      for (ProcessHandle process : below) {
        process.onExit().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      }
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Kills those that wait for no other; what was started since the look, a wrapper's clean-up, is
   * left alone, and who waits for it.
   *
   * @return whether there were any
   */
  private boolean killLast() {
    List<ProcessHandle> last =
        below.stream()
            .filter(process -> process.isAlive() && process.children().findAny().isEmpty())
            .toList();
    last.forEach(ProcessHandle::destroyForcibly);
    below = below.stream().filter(process -> !last.contains(process)).toList();
    return !last.isEmpty();
  }
}
