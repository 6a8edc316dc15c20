package io.iblocksync.protocol;

import com.github.luben.zstd.util.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Loads zstd's native library. That takes 35 ms, so only code that compresses may do it. For the
 * usual processors, the build puts the library beside lib/ with the jars. Elsewhere zstd-jni
 * unpacks it into a directory for temporary files, which may be mounted noexec, and where a process
 * that is killed leaves it behind.
 */
final class ZstdLibrary {
  private static final String NAME = "libzstd-jni.so";

  /** The processors for which the build unpacks the library, and their numbers in ELF files. */
  private static final Map<String, Integer> MACHINES = Map.of("amd64", 62, "aarch64", 183);

  private ZstdLibrary() {}

  /**
   * Whether the library can be loaded, as far as its file shows without loading it: the file must
   * be complete, for this processor, and on a file system that allows execution. If the build has
   * not unpacked the library, this method loads it, because no cheaper check exists.
   */
  static boolean usable() {
    try {
      Path unpacked = unpacked();
      if (unpacked == null || !Files.exists(unpacked)) {
        load();
        return true;
      }
      Integer machine = MACHINES.get(System.getProperty("os.arch"));
      return machine != null && LibraryFile.loadable(unpacked, machine);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Loads the library, unless it is already loaded. Safe for use by several threads.
   *
   * @throws IOException if it cannot be loaded; with a text for the user
   */
  static synchronized void load() throws IOException {
    Path unpacked = unpacked();
    if (unpacked != null && Files.exists(unpacked)) {
      System.setProperty("ZstdNativePath", unpacked.toString());
    }
    try {
      Native.load();
    } catch (Throwable e) { // also an error from a class whose first loading failed
      throw new IOException("cannot load zstd (run without -z): " + e.getMessage(), e);
    }
  }

  private static Path unpacked() {
    try {
      Path jar =
          Path.of(ZstdLibrary.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return jar.resolveSibling("../native/zstd")
          .resolve(System.getProperty("os.arch"))
          .resolve(NAME);
    } catch (Exception e) {
      return null; // This class is not from a file: zstd-jni unpacks the library.
    }
  }
}
