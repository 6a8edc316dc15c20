package io.iblocksync.receive.disk;

import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.ImageType;
import java.nio.file.Path;

/**
 * What a first look at a target has found.
 *
 * @param path as the user named it, for messages
 * @param size in bytes, 0 if it is missing
 * @param place the path itself; of a missing file, where opening the path would create it
 */
record ProbedImage(Path path, ImageType type, long size, Path place) {
  /** What to throw if something else is there by now. */
  ImageException changed() {
    return new ImageException(path, "changed since it was checked", 0);
  }
}
