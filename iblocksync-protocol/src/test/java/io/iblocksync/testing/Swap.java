package io.iblocksync.testing;

import java.io.IOException;
import java.nio.file.Path;

/** A file or device as swap space. A test is skipped where it cannot be. */
public final class Swap implements AutoCloseable {
  private final Path path;

  private Swap(Path path) {
    this.path = path;
  }

  /** Makes a device, or a file without holes, swap space. */
  public static Swap on(Path path) throws IOException {
    Commands.run("mkswap", path.toString());
    Commands.need("swap space", "swapon", path.toString());
    return new Swap(path);
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    Commands.run("swapoff", path.toString());
  }
}
