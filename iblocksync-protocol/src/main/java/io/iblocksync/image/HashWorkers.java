package io.iblocksync.image;

import io.iblocksync.hash.BlockHasher;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.program.Log;
import io.iblocksync.program.Tasks;
import io.iblocksync.program.Unexpected;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The threads that read an image and hash its blocks: each takes a chunk, reads it and hashes it,
 * so that reading and hashing scale with the cores together. Or compares it, see {@link LocalPair}.
 */
public final class HashWorkers {
  private static final int MAX_THREADS = 32;
  private static final int WARM_UP_ROUNDS = 64;
  private static final int WARM_UP_BYTES = 512;

  /** Reads from an image at a position until {@code into} is full; called by many threads. */
  public interface Source {
    void read(ByteBuffer into, long position) throws IOException;

    /** Is told before all of it is read in order. */
    default void begin() {}

    /** Where its holes are, which are not read; null if that is not known. */
    default HoleFinder holes() {
      return null;
    }
  }

  private HashWorkers() {}

  /** Starts one daemon thread a core; they end with the window's last chunk or its failure. */
  public static void start(BlockWindow window, Source source, HashAlgorithm algorithm) {
    start(window, source, algorithm, null);
  }

  /**
   * The same, for an image whose chunks may be compared instead of hashed.
   *
   * @param side null if they may not
   */
  public static void start(
      BlockWindow window, Source source, HashAlgorithm algorithm, LocalPair.Side side) {
    source.begin();
    if (side != null) {
      window.cutEvenly();
      int bytes = window.bufferBytes();
      // Longer blocks are what does not fit then, and the first one may be a hole.
      if (bytes > 0 && bytes <= BlockWindow.CHUNK_BYTES) {
        window.give(side.firstBuffer(bytes));
      }
    }
    int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
    for (int i = 0; i < threads; i++) {
      Thread thread =
          new Thread(() -> new Worker(window, source, algorithm, side).run(), "hash-" + i);
      thread.setDaemon(true);
      try {
        thread.start();
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

  /** A thread's work. */
  private static final class Worker implements BlockWindow.Claims {
    private final BlockWindow window;
    private final Source source;
    private final BlockHasher hasher;
    private final int digestLength;
    private final HoleFinder holes;

    /** Null where all chunks are hashed. */
    private final LocalPair.Side side;

    Worker(BlockWindow window, Source source, HashAlgorithm algorithm, LocalPair.Side side) {
      this.window = window;
      this.source = source;
      this.hasher = algorithm.newHasher();
      this.digestLength = algorithm.length();
      this.holes = source.holes();
      this.side = side;
    }

    void run() {
      try {
        for (Chunk chunk = window.claim(this); chunk != null; chunk = window.claim(this)) {
          source.read(chunk.bytes, chunk.offset());
          long zeros = finish(chunk);
          if (holes != null && zeros > 0) {
            holes.sawZeros(zeros);
          }
        }
      } catch (Throwable e) {
        window.fail(Unexpected.exception(e));
      }
    }

    @Override
    public HoleFinder.Extent at(long offset) {
      return holes == null ? BlockWindow.NO_HOLES : holes.at(offset);
    }

    @Override
    public void claimed(Chunk chunk) {
      if (side != null && window.isCompared(chunk)) {
        side.claimed(chunk).forEach(this::hashAlone);
      }
    }

    /** Returns how many of its bytes are in blocks of zeros. */
    private long finish(Chunk chunk) {
      boolean zeros = Zeros.isZero(chunk.bytes, 0, (int) chunk.length());
      if (zeros) {
        chunk.zero().set(0, chunk.blocks());
      }
      LocalPair.Read alone = new LocalPair.Read(window, chunk);
      if (side != null && window.isCompared(chunk)) {
        if (zeros) {
          LocalPair.Read other = side.readZeros(chunk);
          if (other != null) {
            hashAlone(other);
          }
        } else {
          LocalPair.Read met = side.read(alone);
          if (met == null) {
            return 0;
          }
          if (met != alone) {
            return compare(chunk, met);
          }
        }
      }
      long zeroBytes = zeros ? chunk.length() : hash(chunk, hasher, digestLength);
      window.ready(chunk);
      return zeroBytes;
    }

    private void hashAlone(LocalPair.Read read) {
      hash(read.chunk(), hasher, digestLength);
      read.window().ready(read.chunk());
    }

    private long compare(Chunk chunk, LocalPair.Read met) {
      boolean first = side.isSource();
      long zeroBytes =
          ChunkComparison.compare(
              first ? chunk : met.chunk(), first ? met.chunk() : chunk, hasher, digestLength);
      met.window().ready(met.chunk());
      window.ready(chunk);
      return zeroBytes;
    }
  }

  /** Returns how many of its bytes are in blocks of zeros; not all of them are. */
  private static long hash(Chunk chunk, BlockHasher hasher, int digestLength) {
    ByteBuffer bytes = chunk.bytes;
    if (chunk.hashed()) {
      chunk.digests = new byte[chunk.blocks() * digestLength];
    }
    long zeros = 0;
    ByteBuffer block = bytes.duplicate();
    for (int i = 0; i < chunk.blocks(); i++) {
      int start = (int) chunk.start(i);
      int length = (int) (chunk.start(i + 1) - start);
      if (chunk.blocks() > 1 && Zeros.isZero(bytes, start, length)) {
        chunk.zero().set(i);
        zeros += length;
      } else if (chunk.hashed()) {
        hasher.hash(block.limit(start + length).position(start), chunk.digests, i * digestLength);
      }
    }
    return zeros;
  }
}
