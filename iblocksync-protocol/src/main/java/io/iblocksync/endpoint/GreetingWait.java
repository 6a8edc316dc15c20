package io.iblocksync.endpoint;

import io.iblocksync.program.Log;
import io.iblocksync.protocol.Greeting;
import io.iblocksync.protocol.PeerSilentException;
import io.iblocksync.protocol.SilenceWatch;
import io.iblocksync.protocol.WireReader;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An endpoint's wait for the greeting, which a coordinator sends at once: where none comes, the
 * line is dead, or something before the endpoint has taken it. The run's own timeout is not known
 * yet. What comes next, the coordinator's choice, has no limit: a person may have to answer a
 * question first, or to type the password for the other side.
 */
final class GreetingWait {
  /** Can be set, for tests, which have no five minutes to wait. */
  private static final int SECONDS = Integer.getInteger("iblocksync.greeting", 300);

  private GreetingWait() {}

  /**
   * Reads the first line.
   *
   * @return null if the input has ended
   * @throws PeerSilentException if nothing has come for too long; nothing can be read any more then
   */
  static String read(WireReader in) throws IOException {
    AtomicBoolean silent = new AtomicBoolean();
    SilenceWatch watch =
        SilenceWatch.start(
            in::waiting,
            SECONDS,
            () -> {
              silent.set(true);
              giveUp(in);
            });
    try {
      return in.readLine(Greeting.MAX_LINE);
    } catch (IOException e) {
      throw silent.get() ? new PeerSilentException("the coordinator", SECONDS) : e;
    } finally {
      watch.end();
    }
  }

  private static void giveUp(WireReader in) {
    try {
      in.giveUp();
    } catch (IOException e) {
      Log.debug("giving up the coordinator: " + e.getMessage());
    }
  }
}
