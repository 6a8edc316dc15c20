package io.iblocksync.protocol;

import com.github.luben.zstd.util.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Loads zstd's native library, which takes 35 ms: only what compresses may touch this. The build
 * has put it beside lib/ with the jars for the usual processors. Else it is unpacked into a folder
 * for temporary files, which may be mounted noexec, and where a process that is killed leaves it.
 */
final class ZstdLibrary {
  private static final String NAME = "libzstd-jni.so";

  /** The processors that the build unpacks it for, and their numbers in ELF files. */
  private static final Map<String, Integer> MACHINES = Map.of("amd64", 62, "aarch64", 183);

  private ZstdLibrary() {}

  /**
   * Whether the library can be loaded, as far as its file tells without that: it must be whole, for
   * this processor and on a file system that may hold programs. Where it is not unpacked it is
   * loaded, since nothing cheaper would tell.
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

  /** Loads the library, if that has not been done. */
  static synchronized void load() throws IOException {
    Path unpacked = unpacked();
    if (unpacked != null && Files.exists(unpacked)) {
      System.setProperty("ZstdNativePath", unpacked.toString());
    }
    try {
      Native.load();
    } catch (Throwable e) { // also what a class that was half loaded before throws
      throw new IOException("cannot load zstd (do without -z): " + e.getMessage(), e);
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
      return null; // Not from a file: then it is unpacked.
    }
  }
}
