package io.iblocksync.image;

import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.program.Log;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Knows where the holes of an image are, so that nobody reads them. Asleep until enough zeros were
 * read that holes are likely: loading the native calls costs more than reading what small and dense
 * images hold. Where the system does not report holes, all is data.
 *
 * <p>Data that is written into a hole after {@link #at} has returned it is missed, as data is that
 * is written where the image was read already.
 *
 * <p>Safe for use by several threads, one at a time: the monitor is held while the disk is asked.
 */
public final class HoleFinder implements Closeable {
  /** How many bytes of zeros must be read before holes are looked for. */
  static final long WAKE_BYTES = 1 << 20;

  /** A smaller hole is read with the data around it. */
  static final long MIN_HOLE = 1 << 16;

  private enum State {
    ASLEEP,
    AWAKE,
    OFF
  }

  private final Path path;
  private final long size;
  private State state = State.ASLEEP;
  private NativeFile file;
  private long zeros;
  private long dataFrom;
  private long dataUntil;

  /**
   * @param path of an image that this process has open
   * @param size how many bytes of it count
   */
  HoleFinder(Path path, long size) {
    this.path = path;
    this.size = size;
  }

  /** Zeros were read where there might be a hole. */
  synchronized void sawZeros(long bytes) {
    zeros += bytes;
    if (state == State.ASLEEP && zeros >= WAKE_BYTES) {
      wake();
    }
  }

  /** What is at {@code offset}, and up to where. The end may lie behind the image's. */
  synchronized Extent at(long offset) {
    if (state != State.AWAKE) {
      return Extent.UNKNOWN;
    }
    try {
      return offset >= dataFrom && offset < dataUntil ? new Extent(false, dataUntil) : find(offset);
    } catch (IOException e) {
      // Devices know of no holes.
      off("holes cannot be found: " + e.getMessage());
      return Extent.UNKNOWN;
    }
  }

  private Extent find(long offset) throws IOException {
    long data = file.nextData(offset);
    if (data == Long.MAX_VALUE && file.size() < size) {
      return Extent.UNKNOWN; // The file has shrunk; the read will report it.
    }
    if (data - offset >= MIN_HOLE || data == Long.MAX_VALUE) {
      return new Extent(true, data);
    }
    long hole = file.nextHole(data);
    long next = file.nextData(hole);
    // Many small holes are read as they come, or to look for them would take longer than to read.
    while (next - hole < MIN_HOLE && hole - offset < Chunker.CHUNK_BYTES) {
      hole = file.nextHole(next);
      next = file.nextData(hole);
    }
    dataFrom = offset;
    dataUntil = hole;
    return new Extent(false, hole);
  }

  private void wake() {
    try {
      file =
          ImageType.of(path) == ImageType.FILE && NativeFile.isAvailable()
              ? NativeFile.openAgain(path, NativeFile.O_RDONLY)
              : null;
    } catch (IOException e) {
      Log.debug("holes cannot be found: " + e.getMessage());
    }
    state = file == null ? State.OFF : State.AWAKE;
  }

  private void off(String why) {
    Log.debug(why);
    state = State.OFF;
  }

  @Override
  public synchronized void close() {
    state = State.OFF;
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
