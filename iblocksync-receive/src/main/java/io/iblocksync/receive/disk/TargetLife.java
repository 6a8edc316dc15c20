package io.iblocksync.receive.disk;

import io.iblocksync.linux.ImageException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;

/** Where a target is in its life, and the guard of each step. Safe for use by several threads. */
final class TargetLife {
  /** What a target expects next. */
  enum State {
    PREPARE,
    WRITE,
    CLOSE,
    NOTHING
  }

  private final Path path;
  private final AtomicReference<State> state = new AtomicReference<>(State.PREPARE);

  /**
   * @param path the target's, for messages
   */
  TargetLife(Path path) {
    this.path = path;
  }

  /**
   * Fails if the target expects something else.
   *
   * @throws ImageException if it is closed, which is no bug: the run has failed, and another thread
   *     of it is still at work
   */
  void expect(State step) throws ImageException {
    State found = state.get();
    if (found == State.NOTHING) {
      throw new ImageException(path, "closed while in use", 0);
    }
    if (found != step) {
      throw new IllegalStateException("the target expects " + found + ", not " + step);
    }
  }

  /** A step has been done; fails as {@link #expect} does. */
  void advance(State done, State next) throws ImageException {
    if (!state.compareAndSet(done, next)) {
      expect(done);
    }
  }

  /** Returns whether it was not closed yet. */
  boolean end() {
    return state.getAndSet(State.NOTHING) != State.NOTHING;
  }
}
