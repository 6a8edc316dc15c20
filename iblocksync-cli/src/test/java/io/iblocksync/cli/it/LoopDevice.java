package io.iblocksync.cli.it;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** A block device whose data is a file's, a multiple of 512 bytes. Needs the superuser. */
public final class LoopDevice implements Closeable {
  private final Path device;

  public LoopDevice(Path file) throws IOException {
    device = Path.of(Tool.check("losetup", "--find", "--show", file.toString()));
  }

  public Path device() {
    return device;
  }

  /** Detaches the device; its file has all the data then. */
  @Override
  public void close() throws IOException {
    Tool.check("losetup", "--detach", device.toString());
  }
}
