package io.iblocksync.serve;

import io.iblocksync.image.ImageReader;
import io.iblocksync.image.Zeros;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.protocol.DirectBuffers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * Counts what of a file is not zero, by reading it. A copy needs room for just that: zeros can be
 * data in one file and holes in another.
 */
final class NonZeroBytes {
  private static final int PIECE = 1 << 20;

  /** Counted as a whole; no file system allocates less. */
  private static final int UNIT = 512;

  private final ByteBuffer buffer = DirectBuffers.allocate(PIECE);
  private final long enough;
  private final BooleanSupplier stopped;
  private long count;

  private NonZeroBytes(long enough, BooleanSupplier stopped) {
    this.enough = enough;
    this.stopped = stopped;
  }

  /**
   * Counts them, at most a little further than {@code enough}.
   *
   * @param stopped whether nobody needs the count any more
   */
  static long count(Path path, long enough, BooleanSupplier stopped) throws IOException {
    NonZeroBytes bytes = new NonZeroBytes(enough, stopped);
    try (ImageReader image = ImageReader.open(path);
        NativeFile holes = NativeFile.open(path, NativeFile.O_RDONLY)) {
      long data = holes.nextData(0);
      while (data < image.size() && bytes.goesOn()) {
        long hole = Math.min(holes.nextHole(data), image.size());
        bytes.add(image, data, hole);
        data = holes.nextData(hole);
      }
    }
    return bytes.count;
  }

  private boolean goesOn() {
    return count <= enough && !stopped.getAsBoolean();
  }

  private void add(ImageReader image, long start, long end) throws IOException {
    for (long at = start; at < end && goesOn(); at += buffer.limit()) {
      image.read(buffer.clear().limit((int) Math.min(PIECE, end - at)), at);
      for (int unit = 0; unit < buffer.limit(); unit += UNIT) {
        int length = Math.min(UNIT, buffer.limit() - unit);
        if (!Zeros.isZero(buffer, unit, length)) {
          count += length;
        }
      }
    }
  }
}
