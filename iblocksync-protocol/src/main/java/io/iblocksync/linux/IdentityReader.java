package io.iblocksync.linux;

import io.iblocksync.protocol.Identity;
import io.iblocksync.protocol.Identity.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

  /** The identity of what is at a path; null if nothing is, or if the system does not say. */
  public static Identity of(Path path) {
    try {
      FileId id = FileId.of(path);
      if (id == null) {
        return null;
      }
      IdentityReader reader = new IdentityReader();
      reader.add(id, 0, Identity.NO_END, true, 0);
      return new Identity(Files.readString(BOOT).strip(), reader.places);
    } catch (IOException e) {
      return null; // The identity saves from mistakes; nothing else rests on it.
    }
  }

  /** Adds some bytes of a file or device, and all that these lie on. */
  private void add(FileId id, long start, long end, boolean whole, int depth) {
    BlockDevice device = id.device();
    long last = device == null ? end : Math.min(end, device.size());
    add(new Place(id.name(), start, last, whole));
    if (device == null || depth == MAX_DEPTH) {
      return;
    }
    BlockDevice disk = device.disk();
    if (disk != null) {
      long first = device.start();
      add(FileId.of(disk), first + start, first + last, whole, depth + 1);
    }
    FileId backing = LoopDevices.backing(device);
    if (backing != null) {
      long offset = LoopDevices.offset(device);
      add(backing, offset + start, offset + last, whole, depth + 1);
    }
    for (BlockDevice slave : device.slaves()) {
      add(FileId.of(slave), 0, slave.size(), false, depth + 1);
    }
  }

  private void add(Place place) {
    if (places.size() < Identity.MAX_PLACES) {
      places.add(place);
    }
  }
}
