package io.iblocksync.cli;

import java.io.PrintStream;

/** Shows how far a sync has come, on standard error, from a thread of its own. */
final class Progress {
  /** How it is shown. */
  enum Style {
    NONE,
    DOT,
    FULL
  }

  private static final int REDRAW_MILLIS = 500;
  private static final int DOTS = 50;

  private final Style style;
  private final Relay relay;
  private final PrintStream out;
  private final int columns;
  private final long start = System.nanoTime();
  private int dots;
  private int drawn;
  private boolean closed;
  private Thread thread;

  private Progress(Style style, Relay relay, PrintStream out, int columns) {
    this.style = style;
    this.relay = relay;
    this.out = out;
    this.columns = columns;
  }

  /** Starts to show progress as the options and the terminal allow. */
  static Progress start(Options options, Relay relay) {
    Style style = options.progress();
    boolean hidden = options.verbosity() >= 2 || style == Style.FULL && !Caller.isTerminal(2);
    int columns = Integer.getInteger("iblocksync.columns", 80);
    Progress progress = new Progress(hidden ? Style.NONE : style, relay, System.err, columns);
    if (progress.style != Style.NONE) {
      progress.thread = new Thread(progress::show, "progress");
      progress.thread.setDaemon(true);
      progress.thread.start();
    }
    return progress;
  }

  /** Ends the line; nothing is shown afterwards. */
  void end() throws InterruptedException {
    if (thread != null) {
      synchronized (this) {
        closed = true;
        notifyAll();
      }
      thread.join();
    }
  }

  private synchronized void show() {
    try {
      while (!closed) {
        wait(REDRAW_MILLIS);
        draw();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (style == Style.DOT) {
      out.println();
    } else {
      out.print("\r" + " ".repeat(drawn) + "\r");
    }
    out.flush();
  }

  private void draw() {
    if (style == Style.DOT) {
      long due = relay.blocksToDo() == 0 ? DOTS : relay.blocksDone() * DOTS / relay.blocksToDo();
      for (; dots < due; dots++) {
        out.print('.');
      }
    } else {
      String line = line();
      if (line.length() >= columns) {
        line = line.substring(0, Math.max(0, columns - 1));
      }
      out.print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
      drawn = line.length();
    }
    out.flush();
  }

  private String line() {
    long done = relay.blocksDone();
    long all = relay.blocksToDo();
    long nanos = Math.max(1, System.nanoTime() - start);
    long bytes = done * relay.sourceGeometry.blockSize();
    String line =
        (all == 0 ? 100 : done * 100 / all)
            + "%  "
            + done
            + " of "
            + all
            + " blocks, "
            + relay.transmittedBlocks()
            + " transmitted, "
            + Units.rate(bytes, nanos);
    if (done == all) {
      return line + ", waiting for the target";
    }
    if (done > 0) {
      long left = (long) ((double) nanos / done * (all - done) / 1e9);
      line += ", " + Units.duration(left) + " left";
    }
    return line;
  }
}
