package io.iblocksync.receive.disk;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.iblocksync.linux.BlockDevice;
import io.iblocksync.linux.Errno;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.protocol.Settings;
import io.iblocksync.receive.guard.DeviceLock;
import io.iblocksync.receive.guard.ExclusiveHold;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A target that is a block device. Its size stays; what is past the image's end becomes zeros. */
final class DeviceTarget extends Target {
  private final DeviceLock lock;
  private ExclusiveHold hold = ExclusiveHold.NONE;

  private DeviceTarget(ProbedImage probed, Path node, FileChannel channel) {
    super(probed, node, channel);
    this.lock = new DeviceLock(path, node);
  }

  static DeviceTarget open(ProbedImage probed, Settings settings) throws IOException {
    BlockDevice device = BlockDevice.at(probed.path());
    if (device.isReadOnly()) {
      throw new ImageException(probed.path(), "is a read-only device", Errno.EROFS);
    }
    Path node = node(device, probed.path());
    DeviceTarget target = new DeviceTarget(probed, node, FileChannel.open(node, READ, WRITE));
    target.secure(settings);
    return target;
  }

  /**
   * The kernel's own node of a device. A lock belongs to a node, and a device can have several, so
   * all runs must lock the same one. Without permission on that node: the path itself.
   */
  private static Path node(BlockDevice device, Path path) {
    Path node = device.node();
    boolean usable = node != null && Files.isReadable(node) && Files.isWritable(node);
    return usable ? node : path;
  }

  @Override
  void lock() throws IOException {
    lock.take(channel);
    if (channel.size() != size) {
      throw changed();
    }
  }

  @Override
  void hold(Settings settings) throws IOException {
    hold = ExclusiveHold.ofDevice(path, settings);
  }

  @Override
  void expectSize(long newSize) throws ImageException {
    if (newSize > size) {
      throw new ImageException(
          path, "is a device of " + size + " bytes, too small for " + newSize + " bytes", 0);
    }
  }

  @Override
  long endAt(long newSize) throws ImageException {
    return ZeroMaker.zeroIfNeeded(this, newSize, size);
  }

  /** While the device is held, the kernel discards nothing on it for another descriptor. */
  @Override
  NativeFile nativeFile() {
    NativeFile held = hold.held();
    return held == null ? super.nativeFile() : held;
  }

  @Override
  void release() {
    hold.close();
    lock.close();
  }
}
