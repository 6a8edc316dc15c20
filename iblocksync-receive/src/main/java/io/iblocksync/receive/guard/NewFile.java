package io.iblocksync.receive.guard;

import io.iblocksync.linux.Errno;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.SystemErrors;
import io.iblocksync.program.Log;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A target that does not exist yet: where it will be created, whether it may be, and its removal if
 * the run never writes to it.
 */
public final class NewFile {
  /** As many as Linux follows (path_resolution(7)). */
  private static final int MAX_LINKS = 40;

  private NewFile() {}

  /**
   * Where opening a missing path would create a file: an absolute path without symbolic links.
   * Follows links that lead nowhere.
   *
   * @throws ImageException if the directory is missing, too, or if no image may be created in it
   */
  public static Path place(Path path) throws ImageException {
    Path place;
    try {
      place = follow(path);
    } catch (NoSuchFileException e) {
      throw new ImageException(
          path,
          "No such file or directory (the directory "
              + e.getFile()
              + " does not exist: create it, or mount the file system that has it)",
          Errno.ENOENT,
          e);
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
    String forbidden = SystemDirectories.of(place);
    if (forbidden != null) {
      throw new ImageException(
          path,
          "No such file or directory (and no image is created " + forbidden + ")",
          Errno.ENOENT);
    }
    return place;
  }

  private static Path follow(Path path) throws IOException {
    Path place = path;
    for (int links = 0; links <= MAX_LINKS; links++) {
      Path directory = place.toAbsolutePath().getParent().toRealPath();
      place = directory.resolve(place.getFileName());
      if (!Files.isSymbolicLink(place)) {
        return place;
      }
      place = directory.resolve(Files.readSymbolicLink(place));
    }
    throw new FileSystemException(path.toString(), null, "Too many levels of symbolic links");
  }

  /**
   * Creates the file and opens it. An image can hold what only its owner may read, so only the
   * owner may read the copy.
   *
   * @throws IOException also if something is there: what was put there since is not opened
   */
  public static FileChannel create(Path place) throws IOException {
    return FileChannel.open(
        place,
        Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** Removes the file that was created, unless another file is at its place by now. */
  public static void remove(Path place, Object fileKey) {
    try {
      if (Files.readAttributes(place, BasicFileAttributes.class).fileKey().equals(fileKey)) {
        Files.delete(place);
      }
    } catch (IOException e) {
      Log.info("cannot remove the new file " + place + ": " + e.getMessage());
    }
  }
}
