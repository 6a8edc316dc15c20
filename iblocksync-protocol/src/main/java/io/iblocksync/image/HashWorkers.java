package io.iblocksync.image;

import io.iblocksync.hash.BlockHasher;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.program.Log;
import io.iblocksync.program.Tasks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * The threads that read an image and hash its blocks: each claims a chunk, reads it and hashes it,
 * so that reading and hashing scale with the cores together. Or compares it, see {@link LocalPair}.
 */
public final class HashWorkers {
  private static final int MAX_THREADS = 32;
  private static final int WARM_UP_ROUNDS = 64;
  private static final int WARM_UP_BYTES = 512;

  private HashWorkers() {}

  /**
   * Starts a daemon thread for each core; they end with the last chunk or when {@code ahead} fails.
   *
   * @param failed gets what ends a thread early
   */
  public static void start(ReadAhead ahead, ReadableImage image, Consumer<IOException> failed) {
    image.begin();
    int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
    for (int i = 0; i < threads; i++) {
      // Also its hasher is made on the thread: to load an algorithm can take 20 ms.
      Tasks.Job job = () -> new Worker(ahead, image).run();
      try {
        Tasks.start("hash-" + i, job, failed);
      } catch (OutOfMemoryError e) {
        if (i == 0) {
          throw e;
        }
        Log.debug(i + " threads hash instead of " + threads + ": " + e.getMessage());
        return;
      }
    }
  }

  /**
   * Starts a daemon thread that hashes or compares a little while the endpoint waits for the
   * coordinator: to load an algorithm takes 20 ms, and until the JVM has compiled its inner loop it
   * is twenty times as slow. The launcher sets the thresholds for that so low that this suffices.
   *
   * @param pair null if nothing is compared
   */
  public static void warmUp(HashAlgorithm algorithm, LocalPair pair) {
    Runnable work = pair == null ? () -> hashSome(algorithm) : ChunkComparison::warmUp;
    Tasks.background("warm-up", work);
  }

  private static void hashSome(HashAlgorithm algorithm) {
    BlockHasher hasher = algorithm.newHasher();
    byte[] digest = new byte[algorithm.length()];
    for (int i = 0; i < WARM_UP_ROUNDS; i++) {
      hasher.hash(ByteBuffer.allocateDirect(WARM_UP_BYTES), digest, 0);
    }
  }

  /** The work of one thread. */
  private static final class Worker implements Claims {
    private final ReadAhead ahead;
    private final ReadableImage image;
    private final BlockHasher hasher;
    private final int digestLength;

    /** Null if holes cannot be found. */
    private final HoleFinder holes;

    /** Null if all chunks are hashed. */
    private final LocalPair.Side side;

    /** Chunks of the other side that lie in the hole that was claimed last. */
    private List<LocalPair.Read> inHole = List.of();

    Worker(ReadAhead ahead, ReadableImage image) {
      this.ahead = ahead;
      this.image = image;
      this.hasher = ahead.plan().algorithm().newHasher();
      this.digestLength = ahead.plan().algorithm().length();
      this.holes = image.holes();
      this.side = ahead.plan().side();
    }

    void run() throws IOException, InterruptedException {
      for (Chunk chunk = ahead.claim(this); chunk != null; chunk = ahead.claim(this)) {
        if (chunk.isHole()) {
          inHole.forEach(this::hashAlone);
          continue;
        }
        image.read(chunk.bytes(), chunk.offset());
        long zeroBytes = finish(chunk);
        if (holes != null && zeroBytes > 0) {
          holes.sawZeros(zeroBytes);
        }
      }
    }

    @Override
    public Extent at(long offset) {
      return holes == null ? Extent.UNKNOWN : holes.at(offset);
    }

    @Override
    public void claimed(Chunk chunk) {
      inHole = side != null && chunk.common() ? side.claimed(chunk) : List.of();
    }

    /** Returns how many of the chunk's bytes are in blocks of zeros. */
    private long finish(Chunk chunk) {
      boolean zeros = Zeros.isZero(chunk.bytes(), 0, (int) chunk.length());
      if (zeros) {
        chunk.zero().set(0, chunk.blocks());
      }
      if (side != null && chunk.common()) {
        return zeros ? finishZeros(chunk) : meet(chunk);
      }
      return zeros ? ready(chunk, chunk.length()) : hashThis(chunk);
    }

    private long finishZeros(Chunk chunk) {
      LocalPair.Read other = side.readZeros(chunk);
      if (other != null) {
        hashAlone(other);
      }
      return ready(chunk, chunk.length());
    }

    private long meet(Chunk chunk) {
      LocalPair.Read own = new LocalPair.Read(ahead, chunk);
      LocalPair.Read met = side.read(own);
      if (met == null) {
        return 0; // The thread that reads its counterpart compares them.
      }
      return met == own ? hashThis(chunk) : compare(chunk, met);
    }

    private long compare(Chunk chunk, LocalPair.Read met) {
      boolean first = side.isSource();
      long zeroBytes =
          ChunkComparison.compare(
              first ? chunk : met.chunk(), first ? met.chunk() : chunk, hasher, digestLength);
      met.owner().ready(met.chunk());
      return ready(chunk, zeroBytes);
    }

    private long hashThis(Chunk chunk) {
      return ready(chunk, hash(chunk, hasher, digestLength));
    }

    private void hashAlone(LocalPair.Read read) {
      hash(read.chunk(), hasher, digestLength);
      read.owner().ready(read.chunk());
    }

    private long ready(Chunk chunk, long zeroBytes) {
      ahead.ready(chunk);
      return zeroBytes;
    }
  }

  /** Returns how many of its bytes are in blocks of zeros; not all of them are. */
  private static long hash(Chunk chunk, BlockHasher hasher, int digestLength) {
    ByteBuffer bytes = chunk.bytes();
    byte[] digests = chunk.hashed() ? new byte[chunk.blocks() * digestLength] : null;
    chunk.digests(digests);
    long zeros = 0;
    ByteBuffer block = bytes.duplicate();
    for (int i = 0; i < chunk.blocks(); i++) {
      int start = (int) chunk.start(i);
      int length = (int) (chunk.start(i + 1) - start);
      if (chunk.blocks() > 1 && Zeros.isZero(bytes, start, length)) {
        chunk.zero().set(i);
        zeros += length;
      } else if (digests != null) {
        hasher.hash(block.limit(start + length).position(start), digests, i * digestLength);
      }
    }
    return zeros;
  }
}
