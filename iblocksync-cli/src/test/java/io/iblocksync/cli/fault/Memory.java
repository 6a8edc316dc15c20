package io.iblocksync.cli.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What processes have taken of the machine's memory. */
final class Memory {
  private Memory() {}

  /** The most kilobytes of a process that were resident up to now; 0 if it has ended. */
  static long peakKilobytes(long process) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + process + "/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      return 0;
    }
    return 0;
  }
}
