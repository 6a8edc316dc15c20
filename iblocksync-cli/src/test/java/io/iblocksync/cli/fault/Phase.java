package io.iblocksync.cli.fault;

/** How far a run had come when a signal hit it. */
enum Phase {
  /** No hash had been told yet: the round does not count. */
  STARTING,
  /** Hashes had been told, nothing was written yet. */
  HASHING,
  /** The target had been written to, and the source had more to send. */
  WRITING,
  /** The source was done: what is left is the target's end, fsync and the clean-ups. */
  FINISHING,
  /** The run had ended: the round does not count. */
  OVER;

  boolean counts() {
    return this != STARTING && this != OVER;
  }
}
