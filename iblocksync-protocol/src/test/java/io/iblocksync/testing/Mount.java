package io.iblocksync.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A device's file system, mounted. A test is skipped where it cannot be. */
public final class Mount implements AutoCloseable {
  private final Path folder;

  private Mount(Path folder) {
    this.folder = folder;
  }

  /** Mounts a device on a folder that is made for it. */
  public static Mount on(Path device, Path folder) throws IOException {
    Files.createDirectories(folder);
    Commands.need("mount", "mount", device.toString(), folder.toString());
    return new Mount(folder);
  }

  public Path folder() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    Commands.run("umount", folder.toString());
  }
}
