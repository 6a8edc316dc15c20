package io.iblocksync.serve;

import io.iblocksync.image.ImageReader;
import io.iblocksync.image.Zeros;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.protocol.DirectBuffers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * Counts what of an image is not zero, by reading it. A copy needs room for just that: zeros can be
 * data in one image and holes in another.
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
   * Counts them, at most a little further than {@code enough}, and only as long as they can still
   * be more than that.
   *
   * @param stopped whether nobody needs the count any more
   */
  static long count(Path path, long enough, BooleanSupplier stopped) throws IOException {
    NonZeroBytes bytes = new NonZeroBytes(enough, stopped);
    try (ImageReader image = ImageReader.open(path)) {
      image.begin(); // What is read here must not push other data out of the page cache.
      if (ImageType.of(path) == ImageType.BLOCK_DEVICE) {
        bytes.add(image, 0, image.size());
      } else {
        bytes.addAllButHoles(path, image);
      }
    }
    return bytes.count;
  }

  private void addAllButHoles(Path path, ImageReader image) throws IOException {
    try (NativeFile holes = NativeFile.open(path, NativeFile.O_RDONLY)) {
      long data = holes.nextData(0);
      while (data < image.size() && goesOn(image.size() - data)) {
        long hole = Math.min(holes.nextHole(data), image.size());
        add(image, data, hole);
        data = holes.nextData(hole);
      }
    }
  }

  private boolean goesOn(long left) {
    return count <= enough && count > enough - left && !stopped.getAsBoolean();
  }

  private void add(ImageReader image, long start, long end) throws IOException {
    for (long at = start; at < end && goesOn(image.size() - at); at += buffer.limit()) {
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
