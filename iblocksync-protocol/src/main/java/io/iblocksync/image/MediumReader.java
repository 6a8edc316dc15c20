package io.iblocksync.image;

import com.sun.nio.file.ExtendedOpenOption;
import io.iblocksync.endpoint.Log;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reads an image from its medium, past the system's page cache (O_DIRECT). Where that cannot be, as
 * on tmpfs, the cache is given back as far as the system does it, and read again.
 *
 * <p>Safe for use by several threads. Mind that to close it gives up all POSIX locks that this
 * process has on a file.
 */
public final class MediumReader implements HashWorkers.Source, Closeable {
  private static final int BUFFER = 1 << 20;
  private static final int MIN_ALIGNMENT = 4096;

  private final Path path;
  private final FileChannel channel;

  /**
   * One that offers no reads; null if there is none. Were nobody to hold it, the JDK would close
   * it.
   */
  private final FileChannel useless;

  private final HoleFinder holes;
  private final boolean direct;
  private final int alignment;
  private final LongAdder bytesRead = new LongAdder();
  private final ThreadLocal<ByteBuffer> buffers = ThreadLocal.withInitial(this::newBuffer);

  private MediumReader(
      Path path,
      FileChannel channel,
      FileChannel useless,
      HoleFinder holes,
      boolean direct,
      int alignment) {
    this.path = path;
    this.channel = channel;
    this.useless = useless;
    this.holes = holes;
    this.direct = direct;
    this.alignment = alignment;
  }

  /**
   * Opens an image a second time.
   *
   * @param image the same one, for the holes that it knows of, which are not read
   */
  public static MediumReader open(Path path, ImageReader image) throws ImageException {
    try {
      int alignment =
          (int) Math.max(MIN_ALIGNMENT, Math.min(BUFFER, Files.getFileStore(path).getBlockSize()));
      FileChannel channel = null;
      try {
        channel = FileChannel.open(path, StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
        // Some file systems refuse no earlier.
        channel.read(newBuffer(alignment), 0);
        return new MediumReader(path, channel, null, image.holes(), true, alignment);
      } catch (IOException | UnsupportedOperationException e) {
        Log.debug(path + ": no direct reads: " + e.getMessage());
      }
      giveBackCache(path);
      FileChannel cached = FileChannel.open(path, StandardOpenOption.READ);
      return new MediumReader(path, cached, channel, image.holes(), false, alignment);
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
  }

  /** The file stays open, for the locks' sake: this happens once in a process. */
  private static void giveBackCache(Path path) {
    try {
      if (NativeFile.isAvailable()) {
        NativeFile.open(path, NativeFile.O_RDONLY).dontNeed(0, 0);
      }
    } catch (IOException e) {
      Log.debug(path + ": cannot give back the cache: " + e.getMessage());
    }
  }

  /** Whether the cache is passed by for certain. */
  public boolean isDirect() {
    return direct;
  }

  /** How many bytes have been read so far. */
  public long bytesRead() {
    return bytesRead.sum();
  }

  @Override
  public void read(ByteBuffer into, long position) throws ImageException {
    long at = position;
    try {
      while (into.hasRemaining()) {
        ByteBuffer buffer = buffers.get();
        int skip = (int) (at % alignment);
        long wanted = ((long) skip + into.remaining() + alignment - 1) / alignment * alignment;
        buffer.clear().limit((int) Math.min(buffer.capacity(), wanted));
        int count = channel.read(buffer, at - skip);
        if (count <= skip) {
          throw new ImageException(path, "ends at byte " + at + " when it is read again", 0);
        }
        int length = Math.min(count - skip, into.remaining());
        into.put(buffer.limit(skip + length).position(skip));
        at += length;
      }
      bytesRead.add(at - position);
    } catch (IOException e) {
      throw SystemErrors.at(path, at, e);
    }
  }

  private ByteBuffer newBuffer() {
    return newBuffer(alignment);
  }

  private static ByteBuffer newBuffer(int alignment) {
    return ByteBuffer.allocateDirect(BUFFER + alignment)
        .alignedSlice(alignment)
        .limit(BUFFER)
        .slice();
  }

  @Override
  public HoleFinder holes() {
    return holes;
  }

  @Override
  public void close() throws ImageException {
    try {
      channel.close();
      if (useless != null) {
        useless.close();
      }
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
  }
}
