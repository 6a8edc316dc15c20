package io.iblocksync.receive.disk;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.iblocksync.linux.Errno;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.SystemErrors;
import io.iblocksync.protocol.Settings;
import io.iblocksync.receive.guard.ExclusiveHold;
import io.iblocksync.receive.guard.NewFile;
import io.iblocksync.receive.guard.PosixLock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** A target that is a regular file, one that was there or one that this run creates. */
final class FileTarget extends Target {
  /** Which file is open, whatever the path leads to later. */
  private final Object fileKey;

  private final Length length;

  private FileTarget(ProbedImage probed, FileChannel channel, Object fileKey) {
    super(probed, probed.place(), channel);
    this.fileKey = fileKey;
    this.length = new Length(path, channel, size);
  }

  static FileTarget open(ProbedImage probed, Settings settings) throws IOException {
    FileTarget target = isNew(probed) ? create(probed) : openExisting(probed);
    target.secure(settings);
    return target;
  }

  private static boolean isNew(ProbedImage probed) {
    return probed.type() == ImageType.MISSING;
  }

  private static FileTarget create(ProbedImage probed) throws IOException {
    FileChannel channel = NewFile.create(probed.place());
    try {
      return new FileTarget(probed, channel, fileKey(probed.place()));
    } catch (IOException e) {
      channel.close();
      Files.deleteIfExists(probed.place());
      throw e;
    }
  }

  /** Creates nothing if the file has been removed since. */
  private static FileTarget openExisting(ProbedImage probed) throws IOException {
    Path place = probed.place();
    Object before = fileKey(place);
    FileChannel channel = FileChannel.open(place, READ, WRITE);
    try {
      Object fileKey = fileKey(place);
      if (!fileKey.equals(before)) {
        // Overlayfs copies a file when it is opened for writing; if the file has several names, the
        // copy has another inode.
        channel.close();
        channel = FileChannel.open(place, READ, WRITE);
      }
      return new FileTarget(probed, channel, fileKey);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static Object fileKey(Path place) throws IOException {
    return Files.readAttributes(place, BasicFileAttributes.class).fileKey();
  }

  @Override
  void lock() throws IOException {
    if (!PosixLock.take(path, channel)) {
      if (channel.size() > 0 || PosixLock.isSeen(place)) {
        touch(); // The holder of the lock may be about to write to it.
      }
      throw PosixLock.held(path, place);
    }
    if (channel.size() != size || !fileKey.equals(fileKey(place))) {
      touch();
      throw changed();
    }
  }

  @Override
  void hold(Settings settings) throws IOException {
    if (type() == ImageType.FILE) {
      ExclusiveHold.checkFile(path, settings);
      ExclusiveHold.warnOfOtherNames(path, ImageType.FILE);
    }
  }

  /** If the file cannot be that long, that is reported when it grows. */
  @Override
  void expectSize(long newSize) {
    length.want(newSize);
  }

  /**
   * Gives a file that is to be longer its length before the first change, and brings that to stable
   * storage. Otherwise, after an interruption or a power failure, the next run would have to ask
   * about a different size.
   */
  @Override
  void beforeChange() throws ImageException {
    synchronized (changing) {
      if (!length.mustGrow()) {
        return;
      }
      if (new Space(place, type(), size).free() == 0) {
        // Even a write that fails can change the file's modification time.
        throw new ImageException(path, "No space left on device", Errno.ENOSPC);
      }
      boolean before = untouched;
      // A channel cannot extend a file in any other way. RandomAccessFile.setLength could, but
      // opening one creates a file that has been removed, even in /dev, and fails for other users'
      // files in /tmp (fs.protected_regular).
      put(ByteBuffer.allocate(1), length.beforeGrowing());
      length.hasGrown();
      untouched = before; // The file has got nothing but a hole.
    }
    flush();
  }

  @Override
  void beforeWrite(long bytes, long end) throws ImageException {
    length.beforeWriting(bytes, end);
  }

  @Override
  long endAt(long newSize) throws ImageException {
    synchronized (changing) {
      try {
        if (!fileKey(place).equals(fileKey)) {
          throw new ImageException(path, "was replaced by another file meanwhile", 0);
        }
        length.truncate(newSize);
        return 0;
      } catch (IOException e) {
        throw SystemErrors.of(path, e);
      }
    }
  }

  @Override
  void afterFlush() throws ImageException {
    Directory.flush(path, place);
  }

  @Override
  void restore() {
    assert Thread.holdsLock(changing);
    if (type() == ImageType.MISSING) {
      NewFile.remove(place, fileKey);
    } else {
      length.undoGrowth();
    }
  }
}
