package io.iblocksync.image;

import io.iblocksync.protocol.BlockHasher;
import io.iblocksync.protocol.HashAlgorithm;
import io.iblocksync.protocol.Zeros;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The threads that read an image and hash its blocks: each takes a chunk, reads it and hashes it,
 * so that reading and hashing scale with the cores together.
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
    source.begin();
    int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
    for (int i = 0; i < threads; i++) {
      Thread thread = new Thread(() -> work(window, source, algorithm), "hash-" + i);
      thread.setDaemon(true);
      thread.start();
    }
  }

  /**
   * Starts a daemon thread that hashes a little while the endpoint waits for the coordinator: to
   * load an algorithm takes 20 ms, and until the JVM has compiled its inner loop it is twenty times
   * as slow. The launcher sets the thresholds for that so low that this suffices.
   */
  public static void warmUp(HashAlgorithm algorithm) {
    Thread thread =
        new Thread(
            () -> {
              BlockHasher hasher = algorithm.newHasher();
              byte[] digest = new byte[algorithm.length()];
              for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                hasher.hash(ByteBuffer.allocateDirect(WARM_UP_BYTES), digest, 0);
              }
            },
            "warm-up");
    thread.setDaemon(true);
    thread.start();
  }

  private static void work(BlockWindow window, Source source, HashAlgorithm algorithm) {
    try {
      BlockHasher hasher = algorithm.newHasher();
      HoleFinder holes = source.holes();
      while (true) {
        Chunk chunk = holes == null ? window.claim() : window.claim(holes::at);
        if (chunk == null) {
          return;
        }
        source.read(chunk.bytes, chunk.offset());
        long zeros = hash(chunk, hasher, algorithm.length());
        window.ready(chunk);
        if (holes != null && zeros > 0) {
          holes.sawZeros(zeros);
        }
      }
    } catch (IOException e) {
      window.fail(e);
    } catch (OutOfMemoryError e) {
      window.fail(new IOException("not enough memory for the blocks; choose a smaller --block", e));
    } catch (Throwable e) {
      window.fail(new IOException("internal error: " + e, e));
    }
  }

  /** Returns how many of its bytes are in blocks of zeros. */
  private static long hash(Chunk chunk, BlockHasher hasher, int digestLength) {
    ByteBuffer bytes = chunk.bytes;
    if (Zeros.isZero(bytes, 0, (int) chunk.length())) {
      chunk.zero().set(0, chunk.blocks());
      return chunk.length();
    }
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
