package io.iblocksync.endpoint;

import io.iblocksync.protocol.ImageDetails;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What makes an endpoint a source or a target; {@link EndpointMain} does what both have in common.
 */
public interface Endpoint extends AutoCloseable {
  /** The executable's name, which its messages begin with. */
  String program();

  /**
   * Looks at the image and changes nothing.
   *
   * @return its size in bytes
   */
  long probe(Path path) throws IOException;

  /**
   * Refuses an image that somebody writes to, as far as that is to be refused now. Called after
   * {@link #probe}, while blkid looks into the image.
   */
  default void checkWriters() throws IOException {}

  /**
   * How many bytes the file system can still take for the image that was probed, {@link
   * ImageDetails#UNKNOWN} if it is not to be written to or if that is not known.
   */
  default long room() {
    return ImageDetails.UNKNOWN;
  }

  /**
   * How many bytes of the image that was probed are no holes, at least; {@link
   * ImageDetails#UNKNOWN} if it is not to be read or if that is not known.
   */
  default long data() {
    return ImageDetails.UNKNOWN;
  }

  /**
   * How many bytes of the disk the image that was probed has already, {@link ImageDetails#UNKNOWN}
   * if it is not to be written to or if that is not known.
   */
  default long allocated() {
    return ImageDetails.UNKNOWN;
  }

  /** Whether the file system may hold more than {@link #room()} says, for it compresses. */
  default boolean compresses() {
    return false;
  }

  /** Plays protocol 2 to its end; a failure is reported to the coordinator when this throws. */
  void runFrames(Run run) throws IOException, InterruptedException;

  /** Plays protocol 1 to its end. */
  void runPlain(Run run) throws IOException, InterruptedException;

  /** Closes the image. */
  @Override
  void close() throws IOException;
}
