package io.iblocksync.image;

import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.Hashes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Plays the workers of a {@link ReadAhead}, chunk by chunk; also for tests in other packages. */
public final class ReadByHand {
  public static final HashAlgorithm ALGORITHM = HashAlgorithm.CRC32;

  private final ReadAhead ahead;
  private int frontReady;

  /** An image of which all blocks are common. */
  public ReadByHand(Geometry geometry, boolean keep, long windowBytes) {
    this(new ReadPlan(geometry, geometry.blocks(), ALGORITHM, keep, false, windowBytes, null));
  }

  public ReadByHand(ReadPlan plan) {
    ahead = new ReadAhead(plan, () -> frontReady++);
  }

  /** The source reads an image of which not all blocks are common. */
  public static ReadByHand source(Geometry geometry, long commonBlocks, long windowBytes) {
    return new ReadByHand(
        new ReadPlan(geometry, commonBlocks, ALGORITHM, true, false, windowBytes, null));
  }

  public ReadAhead ahead() {
    return ahead;
  }

  /** How many times the consumer was called to look for more. */
  public int frontReady() {
    return frontReady;
  }

  /** Claims a chunk of data. */
  public Chunk claim() throws IOException, InterruptedException {
    return ahead.claim(offset -> Extent.UNKNOWN);
  }

  /** Claims a chunk of an image that is one hole. */
  public Chunk claimHole() throws IOException, InterruptedException {
    return ahead.claim(offset -> new Extent(true, Long.MAX_VALUE));
  }

  /** Says that a chunk is hashed; its digests are zeros. */
  public Chunk hashed(Chunk chunk) {
    chunk.digests(new byte[chunk.blocks() * ALGORITHM.length()]);
    ahead.ready(chunk);
    return chunk;
  }

  /** Says that a chunk holds nothing but zeros. */
  public Chunk zeros(Chunk chunk) {
    chunk.zero().set(0, chunk.blocks());
    ahead.ready(chunk);
    return chunk;
  }

  /** Claims a chunk and says that it is hashed. */
  public Chunk read() throws IOException, InterruptedException {
    return hashed(claim());
  }

  /** Takes what is ready, and nothing is released. */
  public Hashes take() {
    return ahead.nextHashes(chunk -> {});
  }

  /** Takes what is ready, and returns the chunks. */
  public List<Chunk> takeChunks() {
    List<Chunk> chunks = new ArrayList<>();
    ahead.nextHashes(chunks::add);
    return chunks;
  }
}
