package io.iblocksync.endpoint;

import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.image.LocalPair;
import io.iblocksync.image.ReadPlan;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import io.iblocksync.protocol.WireReader;
import io.iblocksync.protocol.WireWriter;
import java.util.List;

/**
 * What an endpoint's session works with, once the start is over.
 *
 * @param own the image that this endpoint has
 * @param other the one that the other endpoint has
 * @param settings what the coordinator asks for
 * @param features which of the {@link io.iblocksync.protocol.Features} are in use
 * @param windowBytes how many bytes of blocks may be held, see {@link ReadPlan}
 * @param side where chunks meet those of the other endpoint, which runs in this process too; null
 *     if it does not
 * @param in from the coordinator, read by one thread only
 * @param out to the coordinator, written by one thread only
 */
public record Run(
    HashAlgorithm algorithm,
    ImageInfo own,
    ImageInfo other,
    Settings settings,
    List<String> features,
    long windowBytes,
    LocalPair.Side side,
    WireReader in,
    WireWriter out) {

  /** A run without features, and without the other endpoint beside. */
  public Run(
      HashAlgorithm algorithm,
      ImageInfo own,
      ImageInfo other,
      Settings settings,
      long windowBytes,
      WireReader in,
      WireWriter out) {
    this(algorithm, own, other, settings, List.of(), windowBytes, null, in, out);
  }

  /** The endpoint's own image in blocks. */
  public Geometry ownGeometry() {
    return new Geometry(own.fileSize(), own.blockSize());
  }

  /** The other endpoint's image in blocks. */
  public Geometry otherGeometry() {
    return new Geometry(other.fileSize(), own.blockSize());
  }

  /** How many bytes a target has when all is done. */
  public long finalSize() {
    boolean keep = settings.flag(Setting.KEEP_REST);
    return keep ? Math.max(own.fileSize(), other.fileSize()) : other.fileSize();
  }

  /** The part of the endpoint's own image that is not past the end of the other one. */
  public Geometry comparedPart() {
    return new Geometry(Math.min(own.fileSize(), other.fileSize()), own.blockSize());
  }

  /** How many blocks both images have; only these are compared. */
  public long commonBlocks() {
    return Math.min(ownGeometry().blocks(), otherGeometry().blocks());
  }

  /** The endpoint's own image up to the end of its common blocks. */
  public Geometry commonPart() {
    Geometry all = ownGeometry();
    long common = commonBlocks();
    return common == all.blocks() ? all : new Geometry(all.offset(common), all.blockSize());
  }

  /** How the source reads a part of its image; see {@link ReadPlan} for what is kept and hashed. */
  public ReadPlan sourcePlan(Geometry part, boolean hashAll) {
    return new ReadPlan(part, commonBlocks(), algorithm, true, hashAll, windowBytes, side);
  }

  /** How the target reads its image. */
  public ReadPlan targetPlan() {
    // A longer target may still be equal up to the source's end.
    return new ReadPlan(comparedPart(), commonBlocks(), algorithm, false, false, windowBytes, side);
  }
}
