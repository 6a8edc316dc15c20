package io.iblocksync.receive.guard;

import io.iblocksync.linux.BlockDevice;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.ImageType;
import io.iblocksync.linux.LoopDevices;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.program.Log;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Locks a target that is a device, until it is closed. The lock belongs to a descriptor of its own:
 * a lock of POSIX would be released as soon as a loop device is asked for its file, since that
 * opens and closes a node that may be this one. Without native calls no loop device is asked.
 */
public final class DeviceLock implements Closeable {
  private final Path path;
  private final Path node;
  private final List<NativeFile> held = new ArrayList<>();

  /**
   * A lock that is not taken yet.
   *
   * @param path the target's, for messages
   * @param node the device's node
   */
  public DeviceLock(Path path, Path node) {
    this.path = path;
    this.node = node;
  }

  /**
   * Takes the lock, once.
   *
   * @param channel the open device, which is locked where descriptors cannot have locks
   * @throws ImageException if somebody else holds it
   */
  public void take(FileChannel channel) throws IOException {
    if (!takeNode(channel)) {
      throw PosixLock.held(path, node);
    }
    if (NativeFile.isAvailable()) {
      takeBelow();
    }
  }

  private boolean takeNode(FileChannel channel) throws IOException {
    if (NativeFile.isAvailable()) {
      NativeFile device = NativeFile.open(node, NativeFile.O_RDWR);
      held.add(device);
      try {
        return device.tryLock(0, 0);
      } catch (ImageException e) {
        Log.debug("no lock of a descriptor: " + e.getMessage());
      }
    }
    return PosixLock.take(path, channel);
  }

  /** Another run can write to the file or device below a loop device without knowing of it. */
  private void takeBelow() throws IOException {
    BlockDevice device = BlockDevice.at(node);
    for (Path lower = LoopDevices.place(device); lower != null; ) {
      if (!tryPart(lower, device)) {
        throw PosixLock.held(path, lower, LoopDevices.offset(device), device.size());
      }
      if (ImageType.of(lower) != ImageType.BLOCK_DEVICE) {
        return;
      }
      device = BlockDevice.at(lower);
      lower = LoopDevices.place(device);
    }
  }

  /** Locks the part of a file that a loop device uses; false if somebody else holds a lock. */
  private boolean tryPart(Path file, BlockDevice loop) {
    try {
      NativeFile opened = NativeFile.open(file, NativeFile.O_RDWR);
      held.add(opened);
      return opened.tryLock(LoopDevices.offset(loop), loop.size());
    } catch (ImageException e) {
      Log.debug("no lock of what is below " + path + ": " + e.getMessage());
      return true;
    }
  }

  @Override
  public void close() {
    held.forEach(NativeFile::close);
  }
}
