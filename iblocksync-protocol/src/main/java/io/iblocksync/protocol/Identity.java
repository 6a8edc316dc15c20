package io.iblocksync.protocol;

import java.util.List;

/**
 * Where the bytes of an image lie, so that a coordinator can tell that two images are one, however
 * they are named and however far the way to the endpoints was.
 *
 * @param boot of the kernel that the endpoint runs on, different after each start of each machine
 * @param places on which the image lies, from the outermost (itself) to the innermost that is known
 */
public record Identity(String boot, List<Place> places) {
  /** The end of a place in a file, which may grow. */
  public static final long NO_END = Long.MAX_VALUE;

  /** The most places; no real stack of devices has as many. */
  public static final int MAX_PLACES = 64;

  public Identity {
    places = List.copyOf(places);
  }

  /**
   * Bytes of a file or device on which an image lies.
   *
   * @param on a name for the file or device that no other one of this kernel has
   * @param whole whether the image is just these bytes; else it is some of them, unknown which
   */
  public record Place(String on, long start, long end, boolean whole) {

    private boolean touches(Place other) {
      if (!on.equals(other.on)) {
        return false;
      }
      if (whole && other.whole) {
        return start < other.end && other.start < end;
      }
      return whole ? holds(other) : other.whole && other.holds(this);
    }

    private boolean holds(Place other) {
      return start <= other.start && other.end <= end;
    }
  }

  /** Whether both are one image, or have parts in common. */
  public boolean overlaps(Identity other) {
    return boot.equals(other.boot)
        && places.stream().anyMatch(place -> other.places.stream().anyMatch(place::touches));
  }
}
