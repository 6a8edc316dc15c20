package io.iblocksync.receive.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.iblocksync.linux.ImageException;
import io.iblocksync.protocol.Settings;
import io.iblocksync.testing.TinyFileSystem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When a target that is a file changes its length. */
@Timeout(60)
class TargetGrowthTest {
  private static final int PAGE = 4096;
  private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

  @TempDir Path folder;

  @Test
  void aShorterFileIsAsItWasUntilSomethingIsWritten() throws IOException {
    byte[] bytes = {1, 2, 3};
    Path path = Files.write(folder.resolve("image"), bytes);
    Files.setLastModifiedTime(path, LONG_AGO);
    try (Target target = open(path)) {
      target.prepare(10);
      assertEquals(3, Files.size(path));
      ByteBuffer read = ByteBuffer.allocate(10);
      target.read(read, 0);
      assertArrayEquals(Arrays.copyOf(bytes, 10), read.array());
    }
    assertArrayEquals(bytes, Files.readAllBytes(path));
    assertEquals(LONG_AGO, Files.getLastModifiedTime(path));
  }

  @Test
  void aFileIsAsLongAsItWasWhenItsCacheIsLookedAt() throws IOException {
    for (long size : new long[] {3, 256 << 20}) {
      Path path = folder.resolve("image" + size);
      try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
        file.setLength(size);
      }
      try (Target target = open(path)) {
        target.prepare(1 << 30);
        target.reader().begin();
        assertEquals(size, Files.size(path));
        // Nor is hidden that somebody cuts it.
        cut(path, 1);
        target.reader().begin();
      }
      assertEquals(1, Files.size(path));
    }
  }

  @Test
  void aShorterFileHasItsNewLengthFromTheFirstWriteOn() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[] {1, 2, 3});
    try (Target target = open(path)) {
      target.prepare(10);
      target.write(ByteBuffer.wrap(new byte[] {9}), 1);
      assertEquals(10, Files.size(path));
    }
    assertArrayEquals(new byte[] {1, 9, 3, 0, 0, 0, 0, 0, 0, 0}, Files.readAllBytes(path));
  }

  @Test
  void aShorterFileHasItsNewLengthFromTheFirstHoleOn() throws IOException {
    Path path = folder.resolve("image");
    byte[] bytes = new byte[2 * PAGE];
    Arrays.fill(bytes, (byte) 1);
    Files.write(path, bytes);
    try (Target target = open(path)) {
      target.prepare(3 * PAGE);
      target.punchHole(target.nativeFile(), 0, PAGE);
    }
    Arrays.fill(bytes, 0, PAGE, (byte) 0);
    assertArrayEquals(Arrays.copyOf(bytes, 3 * PAGE), Files.readAllBytes(path));
  }

  @Test
  void aShorterFileHasItsNewLengthAtTheEndThoughNothingWasWritten() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[] {1, 2, 3});
    try (Target target = open(path)) {
      target.prepare(10);
      target.finish(10);
    }
    assertArrayEquals(new byte[] {1, 2, 3, 0, 0, 0, 0, 0, 0, 0}, Files.readAllBytes(path));
  }

  @Test
  void aFullFileSystemLeavesAFileAsItWas() throws IOException {
    try (TinyFileSystem tiny = TinyFileSystem.on(folder, 4 * PAGE)) {
      Path path = Files.write(tiny.folder().resolve("image"), new byte[] {1, 2, 3});
      Files.setLastModifiedTime(path, LONG_AGO);
      Files.write(tiny.folder().resolve("ballast"), new byte[3 * PAGE]);
      assertFull(path, 0, 10 * PAGE);
      assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(path));
      assertEquals(LONG_AGO, Files.getLastModifiedTime(path));
    }
  }

  @Test
  void aFileThatGrewAndCouldNotBeWrittenToGetsItsOldLength() throws IOException {
    try (TinyFileSystem tiny = TinyFileSystem.on(folder, 4 * PAGE)) {
      Path path = Files.write(tiny.folder().resolve("image"), new byte[] {1, 2, 3});
      Files.write(tiny.folder().resolve("ballast"), new byte[2 * PAGE]);
      // There is room for the last byte, but for nothing more.
      assertFull(path, PAGE, 10 * PAGE);
      assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(path));
    }
  }

  @Test
  void aNewFileThatGrewAndCouldNotBeWrittenToIsRemoved() throws IOException {
    try (TinyFileSystem tiny = TinyFileSystem.on(folder, 4 * PAGE)) {
      Path path = tiny.folder().resolve("image");
      Files.write(tiny.folder().resolve("ballast"), new byte[3 * PAGE]);
      assertFull(path, 0, 10 * PAGE);
      assertFalse(Files.exists(path));
    }
  }

  private static void assertFull(Path path, long position, long newSize) throws IOException {
    try (Target target = open(path)) {
      target.prepare(newSize);
      ImageException e =
          assertThrows(
              ImageException.class,
              () -> target.write(ByteBuffer.allocateDirect(2 * PAGE), position));
      assertEquals(28, e.errno(), e.getMessage());
    }
  }

  @Test
  void aFileThatIsCutBeforeItGrowsIsRefused() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[100]);
    try (Target target = open(path)) {
      target.prepare(200);
      cut(path, 60);
      assertCut(target, 0, "is 60 bytes long, expected 100 (was it truncated by another program?)");
    }
    assertEquals(60, Files.size(path));
  }

  @Test
  void aFileThatIsCutIsFoundBeforeAWriteHidesIt() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[4 << 20]);
    try (Target target = open(path)) {
      target.prepare(4 << 20);
      cut(path, 60);
      // A write within the file extends it, but not up to its end.
      target.write(ByteBuffer.allocate(10), 1 << 20);
      assertCut(target, (4 << 20) - 10, "is 1048586 bytes long, expected 4194304");
      ImageException e = assertThrows(ImageException.class, () -> target.finish(4 << 20));
      assertEquals(
          "is 1048586 bytes long, expected 4194304 (was it truncated by another program?)",
          e.reason());
    }
  }

  @Test
  void aFileThatIsCutIsFoundAtTheLatestWhenAMebibyteIsWritten() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[4 << 20]);
    try (Target target = open(path)) {
      target.prepare(4 << 20);
      target.write(ByteBuffer.allocate(1 << 20), 0);
      cut(path, 60);
      assertCut(
          target,
          1 << 20,
          "is 60 bytes long, expected 4194304 (was it truncated by another program?)");
    }
  }

  private static void cut(Path path, long length) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(length);
    }
  }

  private static void assertCut(Target target, long position, String reason) {
    ImageException e =
        assertThrows(ImageException.class, () -> target.write(ByteBuffer.allocate(10), position));
    assertEquals(reason, e.reason().substring(0, Math.min(reason.length(), e.reason().length())));
  }

  private static Target open(Path path) throws ImageException {
    return TargetProbe.of(path).open(Settings.NONE);
  }
}
