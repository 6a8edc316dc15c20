package io.iblocksync.cli.it;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small file system in memory. Needs the superuser. */
public final class Mount implements Closeable {
  private final Path folder;

  public Mount(Path folder, String options) throws IOException {
    this.folder = Files.createDirectory(folder);
    Tool.check("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder.toString());
  }

  public Path folder() {
    return folder;
  }

  public void change(String options) throws IOException {
    Tool.check("mount", "-o", "remount," + options, folder.toString());
  }

  @Override
  public void close() throws IOException {
    Tool.check("umount", folder.toString());
  }
}
