package io.iblocksync.receive.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.linux.ImageException;
import io.iblocksync.protocol.Settings;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.TempImages;
import io.iblocksync.testing.TinyFileSystem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TargetWriteTest {
  @TempDir Path folder;

  @Test
  void aFileIsReadAndWrittenAtAnyPlace() throws IOException {
    Path path = folder.resolve("image");
    Random random = TempImages.random("aFileIsReadAndWrittenAtAnyPlace");
    byte[] bytes = TempImages.write(path, random, 10_000);
    byte[] block = TempImages.bytes(random, 3000);
    try (Target target = open(path)) {
      target.prepare(bytes.length);
      assertArrayEquals(Arrays.copyOfRange(bytes, 5000, 8000), read(target, 5000, 3000));
      target.write(ByteBuffer.wrap(block), 5000);
      assertArrayEquals(block, read(target, 5000, 3000));
      assertEquals(0, target.finish(bytes.length));
    }
    System.arraycopy(block, 0, bytes, 5000, block.length);
    assertArrayEquals(bytes, Files.readAllBytes(path));
  }

  @Test
  void aTargetThatWasReplacedMeanwhileIsRefusedAtTheEnd() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[] {1, 2, 3});
    try (Target target = open(path)) {
      target.prepare(3);
      Files.move(path, folder.resolve("moved"));
      Files.write(path, new byte[] {1, 2, 3});
      ImageException replaced = assertThrows(ImageException.class, () -> target.finish(3));
      assertEquals("was replaced by another file meanwhile", replaced.reason());
    }
  }

  @Test
  void aShorterFileGetsAHoleAtItsEnd() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[] {1, 2, 3});
    long newSize = 1L << 32;
    try (Target target = open(path)) {
      target.prepare(newSize);
      assertArrayEquals(new byte[] {3, 0, 0}, read(target, 2, 3));
      assertArrayEquals(new byte[4096], read(target, newSize - 4096, 4096));
      target.finish(newSize);
    }
    assertEquals(newSize, Files.size(path));
    assertTrue(allocated(path) < 1 << 20, "allocated " + allocated(path));
  }

  @Test
  void aMissingFileGetsItsSizeAndItsBytes() throws IOException {
    Path path = folder.resolve("image");
    byte[] bytes = TempImages.bytes(TempImages.random("aMissingFileGetsItsSizeAndItsBytes"), 5001);
    try (Target target = open(path)) {
      target.prepare(bytes.length);
      target.write(ByteBuffer.wrap(bytes, 4096, 905), 4096);
      target.write(ByteBuffer.wrap(bytes, 0, 4096), 0);
      target.finish(bytes.length);
    }
    assertArrayEquals(bytes, Files.readAllBytes(path));
  }

  @Test
  void aLongerFileKeepsItsEndUntilItIsFinished() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[] {1, 2, 3, 4, 5});
    try (Target target = open(path)) {
      target.prepare(2);
      assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, read(target, 0, 5));
      assertEquals(0, target.finish(2));
      assertArrayEquals(new byte[] {1, 2}, Files.readAllBytes(path));
    }
  }

  @Test
  void anEmptySourceEmptiesAFile() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[100]);
    try (Target target = open(path)) {
      target.prepare(0);
      target.finish(0);
    }
    assertEquals(0, Files.size(path));
  }

  @Test
  void aMissingFileForAnEmptySourceIsEmpty() throws IOException {
    Path path = folder.resolve("image");
    try (Target target = open(path)) {
      target.prepare(0);
      target.finish(0);
    }
    assertEquals(0, Files.size(path));
  }

  @Test
  void aFullFileSystemSaysWhereItWasFull() throws IOException {
    try (TinyFileSystem tiny = TinyFileSystem.on(folder, 1 << 16)) {
      Path path = tiny.folder().resolve("image");
      try (Target target = open(path)) {
        target.prepare(0);
        ByteBuffer block = ByteBuffer.allocateDirect(1 << 17);
        ImageException e = assertThrows(ImageException.class, () -> target.write(block, 4096));
        assertEquals(path + ": No space left on device (at byte 69632)", e.getMessage());
        assertEquals(28, e.errno());
      }
    }
  }

  @Test
  void aFileThatIsCutIsNotExtendedAgain() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[100]);
    try (Target target = open(path)) {
      target.prepare(200);
      target.write(ByteBuffer.allocate(100), 0);
      try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
        file.setLength(60);
      }
      ImageException e =
          assertThrows(ImageException.class, () -> target.write(ByteBuffer.allocate(50), 150));
      assertEquals(
          "is 60 bytes long, expected 200 (was it truncated by another program?)", e.reason());
    }
    assertEquals(60, Files.size(path));
  }

  @Test
  void aFileThatIsCutWhileItIsWrittenIsNotSuccess() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[100]);
    try (Target target = open(path)) {
      target.prepare(100);
      try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
        file.setLength(60);
      }
      ImageException e = assertThrows(ImageException.class, () -> read(target, 0, 100));
      assertEquals("ends at byte 60 although it had 100 bytes at the start", e.reason());
      e = assertThrows(ImageException.class, () -> target.finish(100));
      assertEquals(
          "is 60 bytes long, expected 100 (was it truncated by another program?)", e.reason());
    }
  }

  @Test
  void aDeviceIsReadAndWrittenAtAnyPlace() throws IOException {
    Path backing = folder.resolve("backing");
    Random random = TempImages.random("aDeviceIsReadAndWrittenAtAnyPlace");
    byte[] bytes = TempImages.write(backing, random, 3 << 20);
    byte[] block = TempImages.bytes(random, 5001);
    try (LoopDevice device = LoopDevice.over(backing)) {
      try (Target target = open(device.path())) {
        target.prepare(bytes.length);
        assertArrayEquals(Arrays.copyOfRange(bytes, 7777, 9999), read(target, 7777, 2222));
        target.write(ByteBuffer.wrap(block), (1 << 20) - 2000);
        assertEquals(0, target.finish(bytes.length));
      }
      System.arraycopy(block, 0, bytes, (1 << 20) - 2000, block.length);
      assertArrayEquals(bytes, Files.readAllBytes(backing));
    }
  }

  @Test
  void aDeviceThatIsTooSmallIsRefusedBeforeAnythingIsWritten() throws IOException {
    try (LoopDevice device = LoopDevice.ofSize(folder.resolve("backing"), 1 << 20);
        Target target = open(device.path())) {
      ImageException e = assertThrows(ImageException.class, () -> target.prepare((1 << 20) + 1));
      assertEquals(
          device.path() + ": is a device of 1048576 bytes, too small for 1048577 bytes",
          e.getMessage());
    }
  }

  @Test
  void aWritePastTheEndOfADeviceSaysWhere() throws IOException {
    try (LoopDevice device = LoopDevice.ofSize(folder.resolve("backing"), 1 << 20);
        Target target = open(device.path())) {
      target.prepare(1 << 20);
      ByteBuffer block = ByteBuffer.allocateDirect(8192);
      ImageException e =
          assertThrows(ImageException.class, () -> target.write(block, (1 << 20) - 4096));
      assertEquals(device.path() + ": No space left on device (at byte 1048576)", e.getMessage());
    }
  }

  @Test
  void theRestOfADeviceBecomesZeros() throws IOException {
    Path backing = folder.resolve("backing");
    byte[] bytes =
        TempImages.write(backing, TempImages.random("theRestOfADeviceBecomesZeros"), 5 << 20);
    int newSize = (1 << 20) + 12_345;
    try (LoopDevice device = LoopDevice.over(backing)) {
      try (Target target = open(device.path())) {
        target.prepare(newSize);
        assertEquals((5 << 20) - newSize, target.finish(newSize));
      }
    }
    Arrays.fill(bytes, newSize, bytes.length, (byte) 0);
    assertArrayEquals(bytes, Files.readAllBytes(backing));
  }

  @Test
  void onlyWhatIsNotZeroYetIsWrittenInTheRestOfADevice() throws IOException {
    Path backing = folder.resolve("backing");
    try (RandomAccessFile file = new RandomAccessFile(backing.toFile(), "rw")) {
      file.setLength(32 << 20);
      file.seek((20 << 20) + 5);
      file.write(1);
    }
    try (LoopDevice device = LoopDevice.over(backing)) {
      try (Target target = open(device.path())) {
        target.prepare(512);
        assertEquals(1 << 20, target.finish(512));
      }
    }
    assertArrayEquals(new byte[32 << 20], Files.readAllBytes(backing));
    assertTrue(allocated(backing) <= 2 << 20, "allocated " + allocated(backing));
  }

  @Test
  void theLastByteOfADeviceBecomesZero() throws IOException {
    Path backing = folder.resolve("backing");
    byte[] bytes = new byte[(1 << 20) + 512];
    bytes[bytes.length - 1] = 1;
    Files.write(backing, bytes);
    try (LoopDevice device = LoopDevice.over(backing)) {
      try (Target target = open(device.path())) {
        target.prepare(1);
        assertEquals(512, target.finish(1));
      }
    }
    assertArrayEquals(new byte[(1 << 20) + 512], Files.readAllBytes(backing));
  }

  private static Target open(Path path) throws ImageException {
    return TargetProbe.of(path).open(Settings.NONE);
  }

  private static byte[] read(Target target, long position, int length) throws ImageException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    target.read(buffer, position);
    return buffer.array();
  }

  /** How many bytes of a file are on the disk. */
  private static long allocated(Path file) throws IOException {
    return 512 * Long.parseLong(Commands.run("stat", "-c", "%b", file.toString()));
  }
}
