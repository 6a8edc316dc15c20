package io.iblocksync.testing;

import java.io.IOException;
import java.nio.file.Path;

/** A file system in memory that is soon full. A test is skipped where none can be mounted. */
public final class TinyFileSystem implements AutoCloseable {
  private final Path folder;

  private TinyFileSystem(Path folder) {
    this.folder = folder;
  }

  /** Mounts a file system that has room for so many bytes, whole pages, on an existing folder. */
  public static TinyFileSystem on(Path folder, long room) {
    Commands.need("tmpfs", "mount", "-t", "tmpfs", "-o", "size=" + room, "none", folder.toString());
    return new TinyFileSystem(folder);
  }

  public Path folder() {
    return folder;
  }

  /** From now on it has room for so many bytes, whole pages. */
  public void resize(long room) throws IOException {
    Commands.run("mount", "-o", "remount,size=" + room, folder.toString());
  }

  /** From now on nothing can be written. */
  public void makeReadOnly() throws IOException {
    Commands.run("mount", "-o", "remount,ro", folder.toString());
  }

  @Override
  public void close() throws IOException {
    Commands.run("umount", folder.toString());
  }
}
