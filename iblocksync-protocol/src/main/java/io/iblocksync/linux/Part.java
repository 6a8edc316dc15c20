package io.iblocksync.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Bytes of a file or device; writing them changes an image. They are a part of the image, or the
 * image is a part of them.
 *
 * @param end after the last byte
 */
record Part(FileId id, long start, long end) {

  /** All of an image, in every file or device that holds its bytes, as far as the kernel knows. */
  static List<Part> of(Path image) throws IOException {
    FileId id = FileId.of(image);
    Search search = new Search();
    if (id == null) {
      return List.of();
    } else if (id.device() == null) {
      search.parts.add(new Part(id, 0, Long.MAX_VALUE));
      LoopDevices.over(image, true).forEach(search::above);
    } else {
      search.above(id.device());
      search.below(id.device(), 0, id.device().size());
    }
    return search.parts;
  }

  /**
   * The numbers under which locks on these bytes are listed, for a device those of its nodes; see
   * {@link KernelLock}.
   */
  Set<String> numbers(Path image) throws IOException {
    if (id.device() == null) {
      return Set.of(KernelLock.number(id.fileSystem(), id.inode()));
    }
    Set<String> numbers = new HashSet<>();
    Path node = id.device().node();
    if (node != null) {
      numbers.add(KernelLock.number(node));
    }
    if (id.equals(FileId.of(image))) {
      numbers.add(KernelLock.number(image)); // Perhaps another node.
    }
    return numbers;
  }

  /** Finds the parts: all devices above an image, and below it only what holds its own bytes. */
  private static final class Search {
    private final List<Part> parts = new ArrayList<>();
    private final Set<BlockDevice> seen = new HashSet<>();

    /** Devices whose other parts, such as the partitions beside an image, do not matter. */
    private final Set<BlockDevice> passed = new HashSet<>();

    /** A device, its partitions, what is built upon them, and loop devices over any of these. */
    void above(BlockDevice device) {
      for (BlockDevice other : device.stack()) {
        if (seen.add(other)) {
          addWhole(other);
          LoopDevices.over(other).forEach(this::above);
        }
      }
    }

    /** What holds these bytes of a device, and the other loop devices that reach them. */
    void below(BlockDevice device, long start, long end) {
      passed.add(device);
      BlockDevice disk = device.disk();
      if (disk != null) {
        addWhole(disk);
        beside(FileId.of(disk), start + device.start(), end + device.start());
        below(disk, start + device.start(), end + device.start());
      }
      for (BlockDevice slave : device.slaves()) {
        // The kernel does not say where in there these bytes lie.
        addWhole(slave);
        below(slave, 0, slave.size());
      }
      FileId lower = LoopDevices.backing(device);
      if (lower != null) {
        long offset = LoopDevices.offset(device);
        parts.add(new Part(lower, offset + start, offset + end));
        beside(lower, offset + start, offset + end);
        if (lower.device() != null) {
          below(lower.device(), offset + start, offset + end);
        }
      }
    }

    private void beside(FileId lower, long start, long end) {
      for (BlockDevice loop : LoopDevices.over(lower, null)) {
        long offset = LoopDevices.offset(loop);
        if (!passed.contains(loop) && offset < end && start < offset + loop.size()) {
          above(loop);
        }
      }
    }

    /** A run that writes to a device locks all of it. */
    private void addWhole(BlockDevice device) {
      parts.add(new Part(FileId.of(device), 0, Long.MAX_VALUE));
    }
  }
}
