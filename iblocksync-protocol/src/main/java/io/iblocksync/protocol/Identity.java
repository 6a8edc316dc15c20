package io.iblocksync.protocol;

import java.util.List;

/**
 * Where the bytes of an image are stored. By this the coordinator detects that source and target
 * are the same image, whatever their names and whatever connections lead to the two endpoints.
 *
 * @param boot identifies the running kernel of the endpoint; different after each boot of each
 *     machine
 * @param places where the image is stored, from the outermost place (the image itself) to the
 *     innermost one that is known
 */
public record Identity(String boot, List<Place> places) {
  /** The end of a place in a file, because a file can grow. */
  public static final long NO_END = Long.MAX_VALUE;

  /** The most places of an image; no real stack of devices is as deep. */
  public static final int MAX_PLACES = 64;

  public Identity {
    places = List.copyOf(places);
  }

  /**
   * A range of bytes of a file or device that stores an image.
   *
   * @param on a name for the file or device, unique on this kernel
   * @param start the first byte of the range
   * @param end the byte after the range
   * @param whole whether the image is all of these bytes; else the image is a part of them, and it
   *     is unknown which part
   */
  public record Place(String on, long start, long end, boolean whole) {

    /** Whether the places must have bytes in common; false if neither place is whole. */
    private boolean touches(Place other) {
      if (!on.equals(other.on)) {
        return false;
      }
      if (whole && other.whole) {
        return start < other.end && other.start < end;
      }
      return whole ? contains(other) : other.whole && other.contains(this);
    }

    private boolean contains(Place other) {
      return start <= other.start && other.end <= end;
    }
  }

  /** Whether both are the same image, or have bytes in common as far as is known. */
  public boolean overlaps(Identity other) {
    return boot.equals(other.boot)
        && places.stream().anyMatch(place -> other.places.stream().anyMatch(place::touches));
  }
}
