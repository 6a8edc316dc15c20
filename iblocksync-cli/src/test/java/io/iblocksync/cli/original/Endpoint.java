package io.iblocksync.cli.original;

import java.io.Closeable;
import java.io.IOException;

/** An endpoint that a test coordinates: ours as a process, or a scripted one on a thread. */
interface Endpoint extends Closeable {
  OriginalCoordinator.Peer peer();

  void endInput() throws IOException;

  /** Waits for the end; its status is this, or the test fails. */
  void ended(int status, String what) throws Exception;
}
