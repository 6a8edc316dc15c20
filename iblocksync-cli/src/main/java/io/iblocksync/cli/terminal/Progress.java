package io.iblocksync.cli.terminal;

import io.iblocksync.cli.relay.Figures;
import io.iblocksync.cli.relay.RunFigures;
import io.iblocksync.program.Tasks;
import java.io.FileDescriptor;
import java.io.FileOutputStream;

/**
 * Shows how far a sync has come, on standard error, from a thread of its own. Nothing is drawn
 * while the endpoints start, for ssh or a wrapper may be asking for a password there then.
 */
public final class Progress {
  /** What is over before this needs no progress. */
  private static final int FIRST_MILLIS = 500;

  private static final int REDRAW_MILLIS = 250;
  private static final int JSON_MILLIS = 1000;
  private static final int DOTS = 50;

  private final ProgressStyle style;
  private final long start = System.nanoTime();
  private final Terminal terminal = new Terminal();
  private final RateEstimator pace = new RateEstimator();
  private StatusLine status;
  private RunFigures run;
  private Figures.Phase phase = Figures.Phase.STARTING;
  private long phaseStart;
  private int dots;
  private boolean closed;
  private Thread thread;

  private Progress(ProgressStyle style) {
    this.style = style;
  }

  /**
   * Makes ready to show progress.
   *
   * @param style what the terminal allows, see {@link ProgressStyle#shown}
   */
  public static Progress start(ProgressStyle style) {
    Progress progress = new Progress(style);
    if (style == ProgressStyle.JSON) {
      progress.startThread();
    }
    return progress;
  }

  /** The endpoints begin their work. */
  public synchronized void follow(RunFigures begun) {
    run = begun;
    phase = Figures.Phase.SYNCING;
    if (style == ProgressStyle.DOT || style == ProgressStyle.FULL) {
      startThread();
    }
  }

  /** The endpoints' work is over, and their processes end: what they say then has the terminal. */
  public void ending() throws InterruptedException {
    synchronized (this) {
      phase = Figures.Phase.ENDING;
    }
    if (style != ProgressStyle.JSON) {
      end();
    }
  }

  /** Ends the line; nothing is shown afterwards. May be called several times. */
  public void end() throws InterruptedException {
    Thread running;
    synchronized (this) {
      closed = true;
      running = thread;
      notifyAll();
    }
    if (running != null) {
      running.join();
    }
  }

  private synchronized void startThread() {
    if (!closed) {
      thread = Tasks.start("progress", this::show);
    }
  }

  private synchronized void show() {
    try {
      switch (style) {
        case DOT -> showDots();
        case FULL -> showLine();
        case JSON -> showJson();
        default -> {}
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void showDots() throws InterruptedException {
    while (!closed) {
      wait(FIRST_MILLIS);
      Figures figures = run.now();
      long due = figures.blocks() == 0 ? DOTS : figures.blocksDone() * DOTS / figures.blocks();
      for (; dots < due; dots++) {
        System.err.print('.');
      }
      System.err.flush();
    }
    System.err.println();
  }

  private void showLine() throws InterruptedException {
    pace.add(run.now(), System.nanoTime());
    pause(FIRST_MILLIS);
    if (closed) {
      return;
    }
    terminal.watch();
    status = new StatusLine(new FileOutputStream(FileDescriptor.err), terminal.ansi());
    try {
      while (!closed) {
        draw();
        pause(REDRAW_MILLIS);
      }
    } finally {
      status.end();
    }
  }

  private void draw() {
    Figures figures = run.now();
    long now = System.nanoTime();
    pace.add(figures, now);
    if (figures.phase() != phase) {
      phase = figures.phase();
      phaseStart = now;
    }
    if (terminal.resized()) {
      status.clear();
    }
    ProgressLine line = new ProgressLine(terminal.columns(), terminal.colours());
    status.show(line.text(figures, pace, (now - phaseStart) / 1_000_000_000));
  }

  private void showJson() throws InterruptedException {
    while (!closed) {
      pause(JSON_MILLIS);
      Figures figures = run == null ? null : run.now();
      long now = System.nanoTime();
      if (figures != null) {
        pace.add(figures, now);
      }
      boolean working = phase == Figures.Phase.SYNCING;
      Figures.Phase reported = working ? figures.phase() : phase;
      System.err.println(ProgressJson.line(reported, figures, pace, now - start));
    }
  }

  /** Waits, unless it is to end. */
  private void pause(int millis) throws InterruptedException {
    long until = System.nanoTime() + millis * 1_000_000L;
    for (long left = millis; left > 0 && !closed; ) {
      wait(left);
      left = (until - System.nanoTime()) / 1_000_000;
    }
  }
}
