package io.iblocksync.cli.original;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.concurrent.CompletableFuture;

/** Runs scripted endpoints on threads of the test, behind real pipes. */
final class Endpoints {
  /** Something that plays an endpoint and returns its exit status. */
  interface Playable {
    int play(InputStream in, OutputStream out) throws IOException;
  }

  /**
   * An endpoint that is running.
   *
   * @param from what it says
   * @param to what it is sent; to be closed, so that it ends
   * @param status its exit status, once it has ended
   */
  record Running(InputStream from, OutputStream to, CompletableFuture<Integer> status)
      implements Endpoint {
    @Override
    public OriginalCoordinator.Peer peer() {
      return new OriginalCoordinator.Peer(from, to);
    }

    @Override
    public void endInput() throws IOException {
      to.close();
    }

    @Override
    public void ended(int expected, String what) throws Exception {
      assertEquals(expected, status.get(), what);
    }

    @Override
    public void close() throws IOException {
      to.close();
      from.close();
    }
  }

  private Endpoints() {}

  static Running start(Playable endpoint) throws IOException {
    Pipe in = Pipe.open();
    Pipe out = Pipe.open();
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try (InputStream from = Channels.newInputStream(in.source());
                  OutputStream to = Channels.newOutputStream(out.sink())) {
                status.complete(endpoint.play(from, to));
              } catch (IOException | RuntimeException e) {
                status.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return new Running(
        Channels.newInputStream(out.source()), Channels.newOutputStream(in.sink()), status);
  }
}
