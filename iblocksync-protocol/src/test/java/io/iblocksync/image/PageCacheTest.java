package io.iblocksync.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.linux.NativeFile;
import io.iblocksync.testing.LoopFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a file system of its own: the one for temporary files may be in memory. */
@Timeout(120)
class PageCacheTest {
  private static final int SIZE = 130 << 20;
  private static final int PIECE = 1 << 20;

  @TempDir Path folder;
  private LoopFileSystem system;
  private Path image;

  @BeforeEach
  void makeImage() throws IOException {
    system = LoopFileSystem.of("ext4", folder);
    image = system.folder().resolve("image");
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
    piece.put(0, (byte) 1);
    try (FileChannel file =
        FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < SIZE / PIECE; i++) {
        file.write(piece.clear());
      }
      file.force(true);
    }
  }

  @AfterEach
  void unmount() throws Exception {
    // What the samples have mapped, keeps the file system busy until it is collected.
    for (int left = 200; system != null; left--) {
      System.gc();
      try {
        system.close();
        return;
      } catch (IOException e) {
        if (left == 0) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
  }

  @Test
  void anImageThatWasNotCachedIsNotCachedAfterwards() throws IOException {
    try (NativeFile file = NativeFile.open(image, NativeFile.O_RDONLY)) {
      file.dontNeed(0, 0);
    }
    assertTrue(cachedSamples() <= PageCache.MOSTLY_UNCACHED, cachedSamples() + " samples");
    readAll();
    assertTrue(cachedSamples() <= PageCache.MOSTLY_UNCACHED, cachedSamples() + " samples");
  }

  @Test
  void anImageThatIsCachedStaysSo() throws IOException {
    readAll();
    readAll();
    try (FileChannel file = FileChannel.open(image)) {
      assertNull(PageCache.of(image, file, SIZE));
    }
    assertEquals(64, cachedSamples());
  }

  private void readAll() throws IOException {
    try (ImageReader reader = ImageReader.open(image)) {
      reader.begin();
      ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
      for (int i = 0; i < SIZE / PIECE; i++) {
        reader.read(piece.clear(), (long) i * PIECE);
      }
    }
  }

  private int cachedSamples() throws IOException {
    try (FileChannel file = FileChannel.open(image)) {
      return PageCache.cachedSamples(file, SIZE);
    }
  }
}
