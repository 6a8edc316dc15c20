package io.iblocksync.protocol;

import com.github.luben.zstd.util.Native;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Loads zstd's native library, which takes 35 ms: only what compresses may touch this. The build
 * has put it beside lib/ with the jars for the usual processors. Else it is unpacked into a folder
 * for temporary files, which may be mounted noexec, and where a process that is killed leaves it.
 */
final class ZstdLibrary {
  private static final String NAME = "libzstd-jni.so";

  private ZstdLibrary() {}

  /** Loads the library, if that has not been done. */
  static synchronized void load() throws IOException {
    File unpacked = unpacked();
    if (unpacked != null && unpacked.exists()) {
      System.setProperty("ZstdNativePath", unpacked.toString());
    }
    try {
      Native.load();
    } catch (Throwable e) { // also what a class that was half loaded before throws
      throw new IOException("cannot load zstd, do without -z: " + e.getMessage(), e);
    }
  }

  private static File unpacked() {
    try {
      Path jar =
          Path.of(ZstdLibrary.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return jar.resolveSibling("../native/zstd")
          .resolve(System.getProperty("os.arch"))
          .resolve(NAME)
          .toFile();
    } catch (Exception e) {
      return null; // Not from a file: then it is unpacked.
    }
  }
}
