package io.iblocksync.cli.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;

/** Makes images in a folder and compares them. Prints the seed of what is random in them. */
public final class Images {
  private final Path folder;
  private final Random random;

  public Images(Path folder) {
    this.folder = folder;
    random = TempImages.random("images in " + folder);
  }

  public Path path(String name) {
    return folder.resolve(name);
  }

  /** A new image of random bytes. */
  public Path random(String name, int size) throws IOException {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return Files.write(path(name), bytes);
  }

  /** A new image of zeros that takes no room. */
  public Path zeros(String name, long size) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path(name).toFile(), "rw")) {
      file.setLength(size);
    }
    return path(name);
  }

  public Path copy(Path image, String name) throws IOException {
    return Files.copy(image, path(name));
  }

  /** Changes one byte in each of these blocks, anywhere in the block. */
  public Path change(Path image, int blockSize, int... blocks) throws IOException {
    byte[] bytes = Files.readAllBytes(image);
    for (int block : blocks) {
      int start = block * blockSize;
      int length = Math.min(blockSize, bytes.length - start);
      bytes[start + random.nextInt(length)] ^= (byte) (1 + random.nextInt(255));
    }
    return write(image, bytes);
  }

  /** Overwrites an image or a device from its start, truncating neither. */
  public static Path write(Path image, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(false);
    }
    return image;
  }

  /** How many blocks of a source differ from a target's, or have no whole counterpart there. */
  public static int differing(Path source, Path target, int blockSize) throws IOException {
    byte[] from = Files.readAllBytes(source);
    byte[] to = Files.exists(target) ? Files.readAllBytes(target) : new byte[0];
    int count = 0;
    for (int start = 0; start < from.length; start += blockSize) {
      int end = Math.min(start + blockSize, from.length);
      // Also zeros differ from what is past the target's end.
      count += end <= to.length && Arrays.equals(from, start, end, to, start, end) ? 0 : 1;
    }
    return count;
  }

  public static void assertEqual(Path expected, Path actual) throws IOException {
    assertEquals(-1, Files.mismatch(expected, actual), () -> actual + " differs from " + expected);
  }
}
