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

/** Finds the processes that have a target open, for the message that refuses it. */
final class OpenFiles {
  private static final Path PROCESSES = Path.of("/proc");

  /** The id of this process. */
  static final String OWN = Long.toString(ProcessHandle.current().pid());

  private OpenFiles() {}

  /** The other program that has a device open; null if none is seen. */
  static Finding of(Path path) throws IOException {
    BlockDevice device = BlockDevice.at(path);
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (Path process : processes) {
        String id = process.getFileName().toString();
        if (!id.equals(OWN) && hasOpen(process, device)) {
          return new Finding("in use by " + Processes.describe(id), "wait for its end, or end it");
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return null;
    }
    return null;
  }

  /** The id of a process that has an open file with a lock on a part; null if none is seen. */
  static String withLock(KernelLock.Part part) throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (Path process : processes) {
        String id = process.getFileName().toString();
        if (!id.equals(OWN) && hasLock(process, part)) {
          return id;
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return hasLock(PROCESSES.resolve(OWN), part) ? OWN : null;
  }

  private static boolean hasLock(Path process, KernelLock.Part part) {
    try (DirectoryStream<Path> infos = Files.newDirectoryStream(process.resolve("fdinfo"))) {
      for (Path info : infos) {
        for (String line : Processes.text(info).split("\n")) {
          KernelLock lock = line.startsWith("lock:") ? KernelLock.parse(line) : null;
          if (lock != null && lock.descriptor() && lock.covers(part)) {
            return true;
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return false; // Another user's, or ended.
    }
    return false;
  }

  /** When nobody is seen who has the device. */
  static Finding unknown() {
    return new Finding(
        "in use: something that cannot be seen from here has mounted it or opened it exclusively",
        "end that first");
  }

  private static boolean hasOpen(Path process, BlockDevice device) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (isAt(file, device)) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return false; // Another user's, or ended.
    }
    return false;
  }

  private static boolean isAt(Path file, BlockDevice device) {
    try {
      // Looking at a path that leads to a device opens nothing.
      return Files.readSymbolicLink(file).isAbsolute()
          && ImageType.of(file) == ImageType.BLOCK_DEVICE
          && BlockDevice.at(file).equals(device);
    } catch (IOException e) {
      return false;
    }
  }
}
