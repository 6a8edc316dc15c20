package io.iblocksync.cli.original;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.LoneEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** An endpoint of the program as a process, with the test as its coordinator. */
final class OurEndpoint implements Endpoint {
  private static final int PATIENCE_SECONDS = 100;

  private final String name;
  private final LoneEndpoint endpoint;

  private OurEndpoint(String name, LoneEndpoint endpoint) {
    this.name = name;
    this.endpoint = endpoint;
  }

  static OurEndpoint start(Path folder, String name, List<String> arguments) throws IOException {
    Map<String, String> locale = Map.of("LC_ALL", "C.UTF-8");
    return new OurEndpoint(
        name, new LoneEndpoint(folder, name, arguments, locale, PATIENCE_SECONDS));
  }

  InputStream from() {
    return endpoint.from();
  }

  OutputStream to() {
    return endpoint.to();
  }

  @Override
  public OriginalCoordinator.Peer peer() {
    return new OriginalCoordinator.Peer(from(), to());
  }

  /** Sends all of these bytes, though the endpoint may end before it has taken them. */
  OurEndpoint send(byte[] bytes) {
    endpoint.send(bytes);
    return this;
  }

  @Override
  public void endInput() {
    endpoint.endInput();
  }

  @Override
  public void ended(int status, String what) throws IOException, InterruptedException {
    int actual = endpoint.await();
    assertEquals(status, actual, () -> what + ": " + name + " said: " + said());
  }

  /** Asserts that nothing stands on standard error. */
  void saidNothing(String what) {
    assertEquals("", said(), what);
  }

  /** Asserts that one line of this endpoint's, and no more, stands on standard error. */
  String saidOneLine(String what) {
    String said = said();
    assertTrue(said.startsWith(name + ": error: "), what + ": " + said);
    assertEquals(said.length() - 1, said.indexOf('\n'), what + ": " + said);
    assertFalse(said.contains("Exception"), what + ": " + said);
    return said.strip();
  }

  /** The same, but nothing at all will do where it is the coordinator that has something to say. */
  void saidOneLineAtMost(String what) {
    if (!said().isEmpty()) {
      saidOneLine(what);
    }
  }

  private String said() {
    return endpoint.said();
  }

  @Override
  public void close() {
    endpoint.close();
  }
}
