package io.iblocksync.receive.disk;

import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.SystemErrors;
import io.iblocksync.program.Log;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The length of a target that is a file. It stays as it was until the first change; then the file
 * grows at once to the image's size, so that a run that is interrupted later leaves a file whose
 * length raises no question in the next one. For one thread at a time.
 */
final class Length {
  /**
   * The length is asked for once in so many bytes written: on XFS that takes longer the more of
   * what was written waits for the disk.
   */
  private static final long CHECK_BYTES = 1 << 20;

  private final Path path;
  private final FileChannel channel;
  private final long old;
  private long expected;
  private long wanted;
  private long unchecked;

  /**
   * @param channel that has the file open
   * @param size its length
   */
  Length(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.old = size;
    this.expected = size;
    this.wanted = size;
  }

  /** Says how long the image will be. */
  void want(long size) {
    wanted = Math.max(size, old);
  }

  /** Whether the file must grow before it is changed. */
  boolean mustGrow() {
    return wanted > expected;
  }

  /**
   * Looks at the length before the file grows: afterwards nobody could tell that it had been cut.
   *
   * @return the position of its last byte when it has grown
   * @throws ImageException if somebody has cut it
   */
  long beforeGrowing() throws ImageException {
    check(expected);
    return wanted - 1;
  }

  void hasGrown() {
    expected = wanted;
  }

  /** Takes the growth back, when nothing was written after it. */
  void takeBack() {
    try {
      if (expected > old) {
        channel.truncate(old);
      }
    } catch (IOException e) {
      Log.info("cannot take back the growth of " + path + ": " + e.getMessage());
    }
  }

  /**
   * Looks at the length before a write, if it is time to, and always before one that reaches the
   * end: that would hide that the file had been cut.
   *
   * @throws ImageException if somebody has cut it
   */
  void beforeWriting(long bytes, long end) throws ImageException {
    if (unchecked >= CHECK_BYTES || end >= expected) {
      check(expected);
      unchecked = 0;
    }
    unchecked += bytes;
  }

  /**
   * Cuts the file to its final length.
   *
   * @throws ImageException if somebody has cut it before
   */
  void cut(long size) throws ImageException {
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
          path, "ends at byte " + end + " although it should have " + least + " bytes", 0);
    }
  }
}
