package io.iblocksync.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NonZeroBytesTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  @Test
  void holesAndZerosDoNotCount() throws IOException {
    Path path = folder.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(new byte[3 * MIB]);
      file.seek(5L << 30);
      file.write(1);
      file.seek((5L << 30) + 513);
      file.write(1);
    }
    // One unit of 512 bytes, and one of 2, for there the file ends.
    assertEquals(514, NonZeroBytes.count(path, 513, () -> false));
  }

  @Test
  void ofADeviceZerosDoNotCountEither() throws IOException {
    try (LoopDevice device = LoopDevice.ofSize(folder.resolve("backing"), 4 * MIB)) {
      Files.write(device.path(), new byte[] {1}, StandardOpenOption.WRITE);
      assertEquals(512, NonZeroBytes.count(device.path(), 511, () -> false));
    }
  }

  @Test
  void whatCannotBeTooMuchAnyMoreIsNotRead() throws IOException {
    Path path = folder.resolve("image");
    TempImages.write(path, TempImages.random("whatCannotBeTooMuchAnyMore"), 4 * MIB);
    assertEquals(0, NonZeroBytes.count(path, 4 * MIB, () -> false));
  }

  @Test
  void noMoreIsCountedThanMatters() throws IOException {
    Path path = folder.resolve("image");
    TempImages.write(path, TempImages.random("noMoreIsCountedThanMatters"), 4 * MIB);
    long count = NonZeroBytes.count(path, MIB, () -> false);
    assertTrue(count > MIB && count <= 2 * MIB, "counted " + count);
  }

  @Test
  void nobodyCountsOnWhenItNoLongerMatters() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[16 * MIB]);
    AtomicInteger asked = new AtomicInteger();
    NonZeroBytes.count(path, MIB, () -> asked.incrementAndGet() > 3);
    assertTrue(asked.get() < 8, "asked " + asked + " times");
  }
}
