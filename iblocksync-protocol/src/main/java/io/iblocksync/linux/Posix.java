package io.iblocksync.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import io.iblocksync.program.Log;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The C library's functions that {@link NativeFile} needs. Initialising this class loads JNA (about
 * 70 ms of CPU time) and fails where JNA cannot load.
 */
final class Posix {
  private static final String JNA_PATH = "jna.boot.library.path";

  static {
    load();
  }

  private Posix() {}

  static native int open(byte[] path, int flags, int mode);

  static native int close(int fd);

  static native long lseek(int fd, long offset, int whence);

  static native int posix_fadvise(int fd, long offset, long length, int advice);

  static native int fallocate(int fd, int mode, long offset, long length);

  static native int sync_file_range(int fd, long offset, long length, int flags);

  /** The address as a number, -1 for an error. */
  static native long mmap(long address, long length, int protection, int flags, int fd, long at);

  static native int munmap(long address, long length);

  static native int mincore(long address, long length, byte[] pages);

  static native int getpagesize();

  static native int ioctl(int fd, long request, long[] argument);

  static native int fcntl(int fd, int command, short[] argument);

  /** For cachestat(2), for which the C library has no function. */
  static native long syscall(long number, int fd, long[] range, long[] counts, int flags);

  static native String strerror(int errno);

  /** The errno of this thread's last call that failed. */
  static int errno() {
    return Native.getLastError();
  }

  private static void load() {
    if (!Platform.isLinux() || !Platform.is64Bit()) {
      throw new UnsupportedOperationException("offsets may not have 64 bits");
    }
    // Not the library of another release of JNA among the system's libraries.
    System.setProperty("jna.nosys", "true");
    // Nor a search path, for which JNA would run ldconfig.
    System.setProperty("jna.platform.library.path", "");
    Path directory = unpackedLibrary();
    if (directory != null) {
      System.setProperty(JNA_PATH, directory.toString());
      System.setProperty("jna.nounpack", "true");
    }
    Native.register(Posix.class, NativeLibrary.getProcess());
    if (directory == null) {
      removeUnpacked();
    }
  }

  /** Where the build has put JNA's own library, beside lib/ with this class's jar; or null. */
  private static Path unpackedLibrary() {
    try {
      Path jar = Path.of(Posix.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path directory =
          jar.resolveSibling("../native").resolve(Platform.RESOURCE_PREFIX).normalize();
      return Files.exists(directory.resolve(System.mapLibraryName("jnidispatch")))
          ? directory
          : null;
    } catch (Exception e) {
      Log.debug("the program's own directory is not known: " + e);
      return null;
    }
  }

  /** Removes what JNA has unpacked (in tests): once loaded, it is no longer needed. */
  private static void removeUnpacked() {
    String unpacked = System.getProperty("jnidispatch.path");
    if (unpacked != null && !new File(unpacked).delete()) {
      Log.debug("cannot remove " + unpacked);
    }
  }
}
