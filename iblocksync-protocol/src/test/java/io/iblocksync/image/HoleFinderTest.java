package io.iblocksync.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoleFinderTest {
  private static final long MIB = 1 << 20;
  private static final long SIZE = 64 * MIB;

  @TempDir Path folder;
  private Path path;
  private FileChannel open;
  private HoleFinder holes;

  @BeforeEach
  void makeImage() throws IOException {
    path = folder.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(SIZE);
    }
    open = FileChannel.open(path);
    holes = new HoleFinder(path, SIZE);
  }

  @AfterEach
  void close() throws IOException {
    holes.close();
    open.close();
  }

  @Test
  void sleepsUntilManyZerosWereRead() throws IOException {
    assertFalse(holes.at(0).hole());
    holes.sawZeros(HoleFinder.WAKE_BYTES - 1);
    assertFalse(holes.at(0).hole());
    holes.sawZeros(1);
    assertEquals(new Extent(true, Long.MAX_VALUE), holes.at(0));
  }

  @Test
  void tellsHolesAtTheStartWithinAndAtTheEnd() throws IOException {
    data(10 * MIB, MIB);
    data(20 * MIB, MIB);
    wake();
    assertEquals(new Extent(true, 10 * MIB), holes.at(0));
    assertEquals(new Extent(true, 10 * MIB), holes.at(5 * MIB));
    assertEquals(new Extent(false, 11 * MIB), holes.at(10 * MIB));
    assertEquals(new Extent(false, 11 * MIB), holes.at(10 * MIB + 5));
    assertEquals(new Extent(true, 20 * MIB), holes.at(11 * MIB));
    assertEquals(new Extent(true, Long.MAX_VALUE), holes.at(21 * MIB));
  }

  @Test
  void readsSmallHolesWithTheDataAroundThem() throws IOException {
    for (int i = 0; i < 16; i++) {
      data(2 * i * 4096, 4096);
    }
    wake();
    assertEquals(new Extent(false, 31 * 4096), holes.at(0));
    assertEquals(new Extent(false, 31 * 4096), holes.at(4096));
    assertEquals(new Extent(true, Long.MAX_VALUE), holes.at(31 * 4096));
  }

  @Test
  void dataBehindAHoleThatWasToldIsLeftToTheNextRun() throws IOException {
    wake();
    assertEquals(new Extent(true, Long.MAX_VALUE), holes.at(0));
    data(0, MIB);
    assertEquals(new Extent(true, Long.MAX_VALUE), holes.at(MIB));
  }

  @Test
  void anImageThatHasBecomeShorterIsReadSoThatTheReaderTells() throws IOException {
    wake();
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(MIB);
    }
    assertFalse(holes.at(2 * MIB).hole());
  }

  @Test
  void aFileThatTookTheImagesPlaceIsNotLookedAt() throws IOException {
    Files.move(path, folder.resolve("moved"));
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(SIZE);
    }
    wake();
    assertFalse(holes.at(0).hole());
  }

  private void wake() {
    holes.sawZeros(HoleFinder.WAKE_BYTES);
  }

  private void data(long at, long length) throws IOException {
    byte[] data = new byte[(int) length];
    data[0] = 1;
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.wrap(data), at);
    }
  }
}
