package io.iblocksync.cli.relay;

import io.iblocksync.protocol.Geometry;

/** Both images of a run, cut into blocks of one size. Only blocks that both have are compared. */
public record ImagePair(Geometry source, Geometry target) {

  /** How many blocks both images have. */
  public long commonBlocks() {
    return Math.min(source.blocks(), target.blocks());
  }

  /**
   * Protocol 2: whether the last common block differs whatever its hashes say, as it ends earlier
   * in the target, which compares no more than it has.
   */
  boolean lastCommonDiffers() {
    long last = commonBlocks() - 1;
    return last >= 0 && target.size() < source.size() && target.length(last) != source.length(last);
  }

  /**
   * Protocol 1: whether the last common block is partial on either side. It is always sent then, as
   * 1.0.1 pads a partial block that is equal.
   */
  boolean lastCommonIsPartial() {
    long last = commonBlocks() - 1;
    return last >= 0 && Math.min(source.length(last), target.length(last)) < source.blockSize();
  }

  /** How many bytes the source has before a block; its size if the block is past its end. */
  long bytesBefore(long block) {
    return Math.min(source.offset(block), source.size());
  }
}
