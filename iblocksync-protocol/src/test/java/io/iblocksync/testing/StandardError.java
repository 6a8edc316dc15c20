package io.iblocksync.testing;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Catches what is printed to {@link System#err} until it is closed. */
public final class StandardError implements AutoCloseable {
  private final PrintStream before = System.err;
  private final ByteArrayOutputStream caught = new ByteArrayOutputStream();

  public StandardError() {
    System.setErr(new PrintStream(caught, true, StandardCharsets.UTF_8));
  }

  /** All that was printed so far. */
  public String text() {
    return caught.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    System.setErr(before);
  }
}
