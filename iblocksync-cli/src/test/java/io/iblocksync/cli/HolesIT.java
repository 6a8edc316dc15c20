package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Shell;
import io.iblocksync.cli.it.Wrapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sparse images of a size that nobody could read or write in a test. */
@Timeout(120)
class HolesIT {
  private static final int MIB = 1 << 20;
  private static final long TIB = 1L << 40;

  @TempDir Path folder;

  @Tag("smoke")
  @ParameterizedTest
  @ValueSource(strings = {"1M", "4K"})
  void aSparseImageTakesTheTimeOfItsData(String blockSize) throws IOException {
    Path source = sparse("source", 1);
    Path target = sparse("target", 1);
    long blocks = TIB / (blockSize.equals("1M") ? MIB : 4096);
    Program.iblocksync("-b", blockSize, source, target).run().succeeded().counted(blocks, 0);
    write(source, TIB / 3 / MIB * MIB, 77, 1);
    write(target, TIB / 5 / MIB * MIB, 77, 1);
    Program.iblocksync("-b", blockSize, source, target).run().succeeded().counted(blocks, 2);
    assertEquals(77, read(target, TIB / 3 / MIB * MIB));
    assertEquals(0, read(target, TIB / 5 / MIB * MIB));
  }

  @Test
  void neitherSideReadsHoles() throws IOException {
    Path source = sparse("source", 1);
    Path target = sparse("target", 2);
    Path[] counts = {folder.resolve("source.io"), folder.resolve("target.io")};
    Program.iblocksync("-b", "4K", source, target)
        .with("IBLOCKSYNC_SOURCE_EXEC", counting(Wrapper.ofSource(folder), counts[0]))
        .with("IBLOCKSYNC_TARGET_EXEC", counting(Wrapper.ofTarget(folder), counts[1]))
        .run()
        .succeeded();
    for (Path count : counts) {
      String first = Files.readAllLines(count).get(0);
      // Of 1 TiB; of all that the endpoint and its launcher read, Java included.
      assertTrue(Long.parseLong(first.substring("rchar: ".length())) < 100L * MIB, count + first);
    }
  }

  /** Writes down what the endpoint has read when it has ended: it counts for who waited for it. */
  private static Path counting(Wrapper wrapper, Path count) throws IOException {
    return wrapper.after("cat /proc/$$/io >" + Shell.quote(count)).write();
  }

  /** An image of 1 TiB with a MiB of data at the start, in the middle and at the end. */
  private Path sparse(String name, long seed) throws IOException {
    Path image = folder.resolve(name);
    byte[] data = new byte[MIB];
    new Random(seed).nextBytes(data);
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(TIB);
      for (long at : new long[] {0, TIB / 2 + 5, TIB - MIB}) {
        file.seek(at);
        file.write(data);
      }
    }
    return image;
  }

  private static void write(Path image, long at, int value, int count) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.seek(at);
      for (int i = 0; i < count; i++) {
        file.write(value);
      }
    }
  }

  private static int read(Path image, long at) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "r")) {
      file.seek(at);
      return file.read();
    }
  }
}
