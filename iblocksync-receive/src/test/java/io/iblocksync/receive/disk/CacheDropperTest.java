package io.iblocksync.receive.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.linux.NativeFile;
import io.iblocksync.receive.disk.CacheDropper.Caveats;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.LoopFileSystem;
import io.iblocksync.testing.TinyFileSystem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CacheDropperTest {
  private static final int SIZE = 1 << 20;

  @TempDir Path folder;

  @Test
  void nothingOfAFlushedFileIsLeft() throws IOException {
    try (LoopFileSystem files = LoopFileSystem.of("ext4", folder)) {
      Path path = write(files.folder().resolve("image"));
      flush(path);
      try (NativeFile file = NativeFile.open(path, NativeFile.O_RDONLY)) {
        assertEquals(SIZE, file.cachedBytes());
        assertNull(CacheDropper.drop(file, path).own());
        assertEquals(0, file.cachedBytes());
      }
    }
  }

  @Test
  void allOfAFileInMemoryIsLeft() throws IOException {
    try (TinyFileSystem tiny = TinyFileSystem.on(folder, 4 * SIZE)) {
      Path path = write(tiny.folder().resolve("image"));
      try (NativeFile file = NativeFile.open(path, NativeFile.O_RDONLY)) {
        Caveats caveats = CacheDropper.drop(file, path);
        assertEquals(SIZE + " bytes of it stay in the page cache", caveats.own());
        assertNull(caveats.below());
        assertFalse(caveats.isNone());
      }
    }
  }

  @Test
  void theCacheOfTheFileBelowALoopDeviceIsDropped() throws IOException {
    try (LoopFileSystem files = LoopFileSystem.of("ext4", folder)) {
      Path backing = write(files.folder().resolve("backing"));
      try (LoopDevice device = LoopDevice.over(backing);
          NativeFile file = NativeFile.open(backing, NativeFile.O_RDONLY)) {
        assertEquals(SIZE, file.cachedBytes());
        assertNull(CacheDropper.drop(null, device.path()).below());
        assertEquals(0, file.cachedBytes());
      }
    }
  }

  @Test
  void whatStaysOfTheFileBelowALoopDeviceIsNamed() throws IOException {
    try (TinyFileSystem tiny = TinyFileSystem.on(folder, 4 * SIZE)) {
      Path backing = write(tiny.folder().resolve("backing"));
      try (LoopDevice device = LoopDevice.over(backing)) {
        String of = SIZE + " bytes of the file of " + device.path();
        String below = CacheDropper.drop(null, device.path()).below();
        assertEquals(of + " stay in the page cache", below);
      }
    }
  }

  @Test
  void withoutNativeCallsNothingIsKnown() {
    Caveats caveats = CacheDropper.drop(null, folder.resolve("missing"));
    assertEquals("it is not known how much of it is in the page cache", caveats.own());
    assertNull(caveats.below());
  }

  @Test
  void theImagesOwnCacheIsNamedFirst() {
    assertTrue(Caveats.NONE.isNone());
    assertEquals("own", new Caveats("own", "below").first());
    assertEquals("below", new Caveats(null, "below").first());
  }

  private static Path write(Path path) throws IOException {
    byte[] bytes = new byte[SIZE];
    bytes[0] = 1;
    return Files.write(path, bytes);
  }

  private static void flush(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }
}
