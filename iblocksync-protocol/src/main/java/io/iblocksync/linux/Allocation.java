package io.iblocksync.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import io.iblocksync.program.Log;
import io.iblocksync.protocol.ImageDetails;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How much of a disk a file takes, which Java does not report. By statx(2), the only such call
 * whose result has the same form on all processors; a class of its own, since an old C library
 * lacks that call and must not cost the program all others.
 */
public final class Allocation {
  private static final int AT_FDCWD = -100;
  private static final int STATX_BLOCKS = 0x400;

  /** The {@code struct statx}, and where it has {@code stx_mask} (32 bits) and {@code blocks}. */
  private static final int LONGS = 256 / Long.BYTES;

  private static final int MASK = 0;
  private static final int BLOCKS = 48 / Long.BYTES;
  private static final int BLOCK = 512;

  private Allocation() {}

  /**
   * How many bytes of the disk are allocated to a file, holes excluded and blocks that hold no data
   * yet included; {@link ImageDetails#UNKNOWN} if the system does not say.
   */
  public static long of(Path file) {
    if (!NativeFile.isAvailable()) {
      return ImageDetails.UNKNOWN;
    }
    try {
      byte[] name =
          file.toString().getBytes(Charset.forName(System.getProperty("sun.jnu.encoding")));
      long[] result = new long[LONGS];
      int status =
          Call.statx(AT_FDCWD, Arrays.copyOf(name, name.length + 1), 0, STATX_BLOCKS, result);
      return status == 0 && (mask(result) & STATX_BLOCKS) != 0
          ? result[BLOCKS] * BLOCK
          : ImageDetails.UNKNOWN;
    } catch (LinkageError e) {
      Log.debug("cannot find out how much of " + file + " is allocated: " + e);
      return ImageDetails.UNKNOWN;
    }
  }

  private static int mask(long[] result) {
    boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    return (int) (little ? result[MASK] : result[MASK] >>> Integer.SIZE);
  }

  /** Loaded at the first use. */
  private static final class Call {
    static {
      Native.register(Call.class, NativeLibrary.getProcess());
    }

    static native int statx(int directory, byte[] path, int flags, int mask, long[] result);
  }
}
