package io.iblocksync.image;

import io.iblocksync.protocol.Identity;
import io.iblocksync.protocol.Identity.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds on what an image lies: a partition on its disk, a loop device in its file, a device of
 * device-mapper on those under it.
 */
public final class IdentityReader {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

  /** No stack of devices is as deep; and one could be made that leads back to itself. */
  private static final int MAX_DEPTH = 8;

  private final List<Place> places = new ArrayList<>();

  private IdentityReader() {}

  /** The identity of what stands at a path; null if nothing does, or if it cannot be told. */
  public static Identity of(Path path) {
    try {
      IdentityReader reader = new IdentityReader();
      reader.add(path, 0, Identity.NO_END, true, 0);
      String boot = Files.readString(BOOT).strip();
      return reader.places.isEmpty() ? null : new Identity(boot, reader.places);
    } catch (IOException e) {
      return null; // The identity saves from mistakes; nothing else rests on it.
    }
  }

  /** Adds some bytes of a file or device, and all that these lie on. */
  private void add(Path path, long start, long end, boolean whole, int depth) throws IOException {
    switch (ImageType.of(path)) {
      case FILE -> {
        Map<String, Object> file = Files.readAttributes(path, "unix:dev,ino");
        add(new Place("file " + file.get("dev") + " " + file.get("ino"), start, end, whole));
      }
      case BLOCK_DEVICE -> {
        BlockDevice device = BlockDevice.at(path);
        add(device, start, Math.min(end, device.size()), whole, depth);
      }
      case MISSING -> {} // The file of a loop device, in a folder that cannot be seen from here.
    }
  }

  private void add(BlockDevice device, long start, long end, boolean whole, int depth) {
    add(new Place("device " + device.number(), start, end, whole));
    if (depth == MAX_DEPTH) {
      return;
    }
    BlockDevice disk = device.disk();
    if (disk != null) {
      add(disk, device.start() + start, device.start() + end, whole, depth + 1);
    }
    Path backing = LoopDevices.backing(device);
    if (backing != null) {
      try {
        long offset = LoopDevices.offset(device);
        add(backing, offset + start, offset + end, whole, depth + 1);
      } catch (IOException e) {
        return; // It lies in something that is no image.
      }
    }
    for (BlockDevice slave : device.slaves()) {
      add(slave, 0, slave.size(), false, depth + 1);
    }
  }

  private void add(Place place) {
    if (places.size() < Identity.MAX_PLACES) {
      places.add(place);
    }
  }
}
