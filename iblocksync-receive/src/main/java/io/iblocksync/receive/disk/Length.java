package io.iblocksync.receive.disk;

import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.SystemErrors;
import io.iblocksync.program.Log;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The length of a target that is a file. It stays as it was until the first change; then the file
 * grows at once to the image's size, so that an interrupted run leaves a file whose length raises
 * no question in the next run. For one thread at a time.
 */
final class Length {
  /**
   * The length is checked each time this many bytes have been written: on XFS a check takes longer
   * the more dirty pages there are.
   */
  private static final long CHECK_BYTES = 1 << 20;

  private final Path path;
  private final FileChannel channel;
  private final long old;
  private long expected;
  private long wanted;
  private long unchecked;

  /**
   * @param channel the open file
   * @param size its length now
   */
  Length(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.old = size;
    this.expected = size;
    this.wanted = size;
  }

  /** The image will be this long. */
  void want(long size) {
    wanted = Math.max(size, old);
  }

  /** Whether the file must grow before it is changed. */
  boolean mustGrow() {
    return wanted > expected;
  }

  /**
   * Checks the length before the file grows: afterwards nobody could see that it was truncated.
   *
   * @return the position of its last byte after it has grown
   * @throws ImageException if another program has truncated it
   */
  long beforeGrowing() throws ImageException {
    check(expected);
    return wanted - 1;
  }

  void hasGrown() {
    expected = wanted;
  }

  /** Undoes the growth; nothing was written after it. */
  void undoGrowth() {
    try {
      if (expected > old) {
        channel.truncate(old);
      }
    } catch (IOException e) {
      Log.info("cannot undo the growth of " + path + ": " + e.getMessage());
    }
  }

  /**
   * Checks the length before a write, now and then, and always before a write that reaches the end,
   * which would hide that the file was truncated.
   *
   * @throws ImageException if another program has truncated it
   */
  void beforeWriting(long bytes, long end) throws ImageException {
    if (unchecked >= CHECK_BYTES || end >= expected) {
      check(expected);
      unchecked = 0;
    }
    unchecked += bytes;
  }

  /**
   * Truncates the file to its final length.
   *
   * @throws ImageException if another program has truncated it further
   */
  void truncate(long size) throws ImageException {
    check(size);
    try {
      channel.truncate(size);
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
  }

  private void check(long least) throws ImageException {
    long end;
    try {
      end = channel.size();
    } catch (IOException e) {
      throw SystemErrors.of(path, e);
    }
    if (end < least) {
      throw new ImageException(
          path,
          "is "
              + end
              + " bytes long, expected "
              + least
              + " (was it truncated by another program?)",
          0);
    }
  }
}
