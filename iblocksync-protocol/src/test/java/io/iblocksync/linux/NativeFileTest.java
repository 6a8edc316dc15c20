package io.iblocksync.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.LoopDevice;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeFileTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  @Test
  void findsDataAndHoles() throws Exception {
    Path path = sparse(64 * MIB, 16 * MIB);
    try (NativeFile file = NativeFile.open(path, NativeFile.O_RDONLY)) {
      assertEquals(0, file.nextHole(0));
      assertEquals(16 * MIB, file.nextData(0));
      assertEquals(17 * MIB, file.nextHole(16 * MIB));
      assertEquals(Long.MAX_VALUE, file.nextData(17 * MIB));
    }
  }

  @Test
  void punchesHoles() throws Exception {
    Path path = sparse(64 * MIB, 16 * MIB);
    try (NativeFile file = NativeFile.open(path, NativeFile.O_RDWR)) {
      file.punchHole(16 * MIB, MIB);
      assertEquals(Long.MAX_VALUE, file.nextData(0));
    }
    assertEquals(64 * MIB, Files.size(path));
  }

  @Test
  void takesAdviceAndStartsWriteBack() throws Exception {
    Path path = sparse(2 * MIB, MIB);
    try (NativeFile file = NativeFile.open(path, NativeFile.O_RDWR)) {
      file.startWriteBack(MIB, MIB);
      file.dontNeed(0, 2 * MIB);
    }
  }

  @Test
  void countsWhatIsCached() throws Exception {
    Path path = sparse(300 * MIB, 200 * MIB);
    try (NativeFile file = NativeFile.open(path, NativeFile.O_RDWR)) {
      assertEquals(MIB, file.cachedBytes());
      file.punchHole(0, 300 * MIB);
      assertEquals(0, file.cachedBytes());
    }
  }

  @Test
  void knowsWhichFileItIs() throws Exception {
    Path path = sparse(MIB, 0);
    try (NativeFile file = NativeFile.open(path, NativeFile.O_RDONLY)) {
      assertEquals(Files.readAttributes(path, BasicFileAttributes.class).fileKey(), file.fileKey());
    }
  }

  @Test
  void tellsInTheSystemsWordsWhatFails() {
    assertTrue(NativeFile.isAvailable());
    Path path = folder.resolve("m\u00fcssing");
    ImageException e =
        assertThrows(ImageException.class, () -> NativeFile.open(path, NativeFile.O_RDONLY));
    assertEquals("No such file or directory", e.reason());
    assertEquals(Errno.ENOENT, e.errno());
  }

  /** A file of {@code size} bytes with one MiB of data at {@code at}. */
  private Path sparse(int size, int at) throws Exception {
    Path path = folder.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(size);
      byte[] data = new byte[MIB];
      java.util.Arrays.fill(data, (byte) 1);
      file.seek(at);
      file.write(data);
    }
    return path;
  }

  @Test
  void aLockForWritingIsSeenByOtherDescriptors() throws IOException {
    Path path = Files.write(folder.resolve("locked"), new byte[100]);
    try (NativeFile one = NativeFile.open(path, NativeFile.O_RDWR);
        NativeFile other = NativeFile.open(path, NativeFile.O_RDONLY)) {
      assertFalse(other.isWriteLocked());
      assertTrue(one.tryLock(10, 20));
      assertTrue(other.isWriteLocked());
    }
  }

  @Test
  void whatIsCachedOfADeviceIsCounted() throws IOException {
    try (LoopDevice device = LoopDevice.ofSize(folder.resolve("backing"), 1 << 20);
        NativeFile file = NativeFile.open(device.path(), NativeFile.O_RDONLY);
        FileChannel channel = FileChannel.open(device.path())) {
      file.dontNeed(0, 0);
      assertEquals(0, file.cachedBytes(1 << 20));
      channel.read(ByteBuffer.allocate(1 << 20));
      assertEquals(1 << 20, file.cachedBytes(1 << 20));
      assertEquals(1 << 20, file.cachedBytesByLooking(1 << 20));
      file.dontNeed(0, 0);
      assertEquals(0, file.cachedBytesByLooking(1 << 20));
    }
  }
}
