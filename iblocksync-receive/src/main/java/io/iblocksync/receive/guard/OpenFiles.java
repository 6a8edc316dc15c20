package io.iblocksync.receive.guard;

import io.iblocksync.linux.BlockDevice;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.Processes;
import io.iblocksync.receive.guard.InUse.Finding;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the process that has a target open, for the message that refuses the target. */
final class OpenFiles {
  private OpenFiles() {}

  /** The other program that has a device open; null if none is seen. */
  static Finding of(Path path) throws IOException {
    BlockDevice device = BlockDevice.at(path);
    try {
      String own = Processes.own();
      for (String id : Processes.all()) {
        if (!id.equals(own) && hasOpen(id, device)) {
          return new Finding("in use by " + Processes.describe(id), "wait for its end, or end it");
        }
      }
    } catch (IOException e) {
      return null; // The kernel does not say.
    }
    return null;
  }

  /** When no process is seen that has the device open. */
  static Finding unknown() {
    return new Finding(
        "in use: something that cannot be seen from here has mounted it or opened it exclusively",
        "end that first");
  }

  private static boolean hasOpen(String process, BlockDevice device) {
    Path directory = Processes.directory(process).resolve("fd");
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (isAt(file, device)) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return false; // Another user's process, or one that has ended.
    }
    return false;
  }

  private static boolean isAt(Path file, BlockDevice device) {
    try {
      // Asking about a path that leads to a device opens nothing.
      return Files.readSymbolicLink(file).isAbsolute()
          && ImageType.of(file) == ImageType.BLOCK_DEVICE
          && BlockDevice.at(file).equals(device);
    } catch (IOException e) {
      return false;
    }
  }
}
