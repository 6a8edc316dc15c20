package io.iblocksync.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.hash.BlockHasher;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.protocol.DirectBuffers;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LocalPairTest {
  private static final HashAlgorithm ALGORITHM = HashAlgorithm.MD5;
  private static final String ZEROS = "zeros";

  /** What stands for the hash of a block that was compared. */
  private static final String EQUAL = "0".repeat(32);

  private static final int MIB = 1 << 20;

  @TempDir private Path folder;

  private final LocalPair pair = new LocalPair();

  /** The first image's size and the other one's. */
  private int size;

  private int otherSize;

  /**
   * Holes, zeros, data and differences at random on both sides; what both sides announce of a block
   * is the same if and only if the block is, and where it differs the source tells its hash. (The
   * coordinator knows by itself that a block of another length differs.)
   */
  @Test
  void whatIsAnnouncedOfABlockIsTheSameIfAndOnlyIfTheBlockIs() throws Exception {
    Random random = TempImages.random("LocalPairTest");
    int compared = 0;
    for (int round = 0; round < 30; round++) {
      byte[][] images = images(random);
      int blockSize = new int[] {512, 4096, 100_000, MIB, 3 * MIB}[random.nextInt(5)];
      Geometry geometry = new Geometry(size, blockSize);
      Geometry other = new Geometry(otherSize, blockSize);
      long common = Math.min(geometry.blocks(), other.blocks());
      List<String> source = new ArrayList<>();
      List<String> target = new ArrayList<>();
      play(geometry, other, common, source, target);
      assertEquals(common, source.size());
      assertEquals(common, target.size());
      for (int i = 0; i < common; i++) {
        byte[] ours = block(images[0], geometry, i);
        byte[] theirs = block(images[1], other, i);
        String at = "round " + round + ", block " + i + " of " + blockSize;
        if (Arrays.equals(ours, theirs)) {
          assertEquals(source.get(i), target.get(i), at);
          // Or hashes would decide.
          assertEquals(isZero(ours) ? ZEROS : EQUAL, source.get(i), at);
          compared += source.get(i).equals(EQUAL) ? 1 : 0;
        } else if (ours.length == theirs.length) {
          assertNotEquals(source.get(i), target.get(i), at);
          assertEquals(hash(ours), source.get(i), at);
        }
        assertEquals(isZero(ours), source.get(i).equals(ZEROS), at);
        assertEquals(isZero(theirs), target.get(i).equals(ZEROS), at);
      }
    }
    assertTrue(compared > 100, compared + " blocks were compared");
  }

  @Test
  void theFirstOfTwoEqualChunksWaitsForTheSecond() {
    LocalPair.Read ours = claimed(pair.source(), 0, 4);
    LocalPair.Read theirs = claimed(pair.target(), 0, 4);
    assertNull(pair.target().read(theirs));
    assertSame(theirs, pair.source().read(ours));
  }

  @Test
  void aChunkWaitsForWhatTheOtherSideHasNotComeTo() {
    LocalPair.Read ours = claimed(pair.source(), 0, 4);
    assertNull(pair.source().read(ours));
    LocalPair.Read theirs = claimed(pair.target(), 0, 4);
    assertSame(ours, pair.target().read(theirs));
  }

  @Test
  void aChunkThatWaitsIsGivenBackWhereTheOtherSideHasAHole() {
    LocalPair.Read first = claimed(pair.source(), 0, 4);
    LocalPair.Read second = claimed(pair.source(), 4, 4);
    assertNull(pair.source().read(second));
    assertNull(pair.source().read(first));
    Chunk hole = Chunk.hole(0, 6, 512, 6 * 512, true);
    assertEquals(List.of(first, second), pair.target().claimed(hole));
    LocalPair.Read rest = claimed(pair.target(), 6, 2);
    assertSame(rest, pair.target().read(rest));
  }

  @Test
  void aChunkIsHashedAloneWhereTheOtherSideHasReadZeros() {
    LocalPair.Read ours = claimed(pair.source(), 0, 4);
    LocalPair.Read next = claimed(pair.source(), 4, 4);
    assertNull(pair.source().read(ours));
    assertSame(ours, pair.target().readZeros(claimed(pair.target(), 0, 4).chunk()));
    assertNull(pair.target().readZeros(claimed(pair.target(), 4, 4).chunk()));
    assertSame(next, pair.source().read(next));
  }

  @Test
  void blocksWhoseHashesAreEqualDifferIfTheirBytesDo() {
    Chunk source = chunk(3);
    Chunk target = chunk(3);
    target.bytes().put(700, (byte) 7);
    ChunkComparison.compare(source, target, new NoHash(), 4);
    assertTrue(Arrays.equals(source.digests(), 0, 4, target.digests(), 0, 4));
    assertFalse(Arrays.equals(source.digests(), 4, 8, target.digests(), 4, 8));
    assertTrue(Arrays.equals(source.digests(), 8, 12, target.digests(), 8, 12));
  }

  private static Chunk chunk(int blocks) {
    Chunk chunk = new Chunk(0, blocks, 512, blocks * 512, true, true);
    chunk.fill(ByteBuffer.allocateDirect(blocks * 512));
    for (int i = 0; i < chunk.length(); i++) {
      chunk.bytes().put(i, (byte) (i + 1));
    }
    return chunk;
  }

  /** Hashes everything to zeros. */
  private static final class NoHash implements BlockHasher {
    @Override
    public void hash(ByteBuffer block, byte[] digests, int offset) {
      block.position(block.limit());
    }

    @Override
    public void update(ByteBuffer part) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void finish(byte[] digests, int offset) {
      throw new UnsupportedOperationException();
    }
  }

  private LocalPair.Read claimed(LocalPair.Side side, long first, int blocks) {
    Chunk chunk = new Chunk(first, blocks, 512, blocks * 512, true, true);
    assertEquals(List.of(), side.claimed(chunk));
    return new LocalPair.Read(null, chunk);
  }

  /** Two files of about 20 MiB, of stretches that each side has as a hole, zeros or data. */
  private byte[][] images(Random random) throws IOException {
    size = 1 + random.nextInt(20 * MIB);
    otherSize = random.nextBoolean() ? size : 1 + random.nextInt(20 * MIB);
    byte[] data = TempImages.bytes(random, Math.max(size, otherSize));
    byte[][] images = {Arrays.copyOf(data, size), Arrays.copyOf(data, otherSize)};
    for (int i = 0; i < 2; i++) {
      byte[] image = images[i];
      try (RandomAccessFile file = new RandomAccessFile(path(i).toFile(), "rw")) {
        file.setLength(0);
        file.setLength(image.length);
        // The same stretches of both, so that most of what one has the other one has, too.
        Random stretches = new Random(size);
        for (int at = 0; at < image.length; ) {
          int end = Math.min(image.length, at + 1 + stretches.nextInt(3 * MIB));
          int kind = random.nextInt(6);
          if (kind < 2) {
            Arrays.fill(image, at, end, (byte) 0);
          } else if (kind == 2) {
            image[at + random.nextInt(end - at)]++;
          }
          if (kind != 0) {
            file.seek(at);
            file.write(image, at, end - at);
          }
          at = end;
        }
      }
    }
    return images;
  }

  private Path path(int image) {
    return folder.resolve("image" + image);
  }

  /** Plays both endpoints and a coordinator that finds all blocks equal. */
  private void play(
      Geometry geometry, Geometry other, long common, List<String> source, List<String> target)
      throws Exception {
    LocalPair sides = new LocalPair();
    try (ImageReader ours = ImageReader.open(path(0));
        ImageReader theirs = ImageReader.open(path(1))) {
      ReadAhead fromSource = ahead(geometry, common, true, sides.source());
      ReadAhead fromTarget = ahead(other, common, false, sides.target());
      HashWorkers.start(fromSource, ours, fromSource::fail);
      HashWorkers.start(fromTarget, theirs, fromTarget::fail);
      BlockingQueue<Integer> compared = new LinkedBlockingQueue<>();
      Thread thread = new Thread(() -> takeAll(fromTarget, target, compared), "target");
      thread.start();
      targetHas = 0;
      ArrayDeque<Chunk> kept = new ArrayDeque<>();
      while (source.size() < common || !kept.isEmpty() && kept.peek().common()) {
        Hashes hashes = fromSource.nextHashes(kept::add);
        if (hashes != null) {
          note(hashes, source);
        }
        long both = Math.min(source.size(), target(compared));
        while (!kept.isEmpty() && kept.peek().firstBlock() + kept.peek().blocks() <= both) {
          fromSource.release(kept.remove());
        }
      }
      thread.join();
      // What lies past the common blocks is nobody's here.
      fromSource.fail(new IOException("over"));
    }
  }

  private static ReadAhead ahead(
      Geometry geometry, long common, boolean keep, LocalPair.Side side) {
    Geometry part =
        keep || common == geometry.blocks()
            ? geometry
            : new Geometry(geometry.offset(common), geometry.blockSize());
    ReadPlan plan = new ReadPlan(part, common, ALGORITHM, keep, false, 4 * MIB, side);
    return new ReadAhead(plan, () -> {});
  }

  private int targetHas;

  private int target(BlockingQueue<Integer> compared) throws InterruptedException {
    for (Integer next = compared.poll(1, TimeUnit.MILLISECONDS);
        next != null;
        next = compared.poll()) {
      targetHas = next;
    }
    return targetHas;
  }

  private static void takeAll(
      ReadAhead ahead, List<String> announced, BlockingQueue<Integer> compared) {
    try {
      for (Hashes hashes = ahead.takeHashes(); hashes != null; hashes = ahead.takeHashes()) {
        note(hashes, announced);
        compared.add(announced.size());
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void note(Hashes hashes, List<String> announced) {
    assertEquals(announced.size(), hashes.first());
    for (HashRun run : hashes.runs()) {
      for (int i = 0; i < run.count(); i++) {
        int from = run.zeros() ? 0 : run.from() + i * 16;
        announced.add(
            run.zeros() ? ZEROS : HexFormat.of().formatHex(run.digests(), from, from + 16));
      }
    }
  }

  private static byte[] block(byte[] image, Geometry geometry, int i) {
    int start = (int) geometry.offset(i);
    return Arrays.copyOfRange(image, start, start + geometry.length(i));
  }

  private static boolean isZero(byte[] block) {
    return Arrays.equals(block, new byte[block.length]);
  }

  private static String hash(byte[] block) {
    if (isZero(block)) {
      return ZEROS;
    }
    byte[] digest = new byte[16];
    ByteBuffer bytes = DirectBuffers.allocate(block.length).put(block).flip();
    ALGORITHM.newHasher().hash(bytes, digest, 0);
    return HexFormat.of().formatHex(digest);
  }
}
