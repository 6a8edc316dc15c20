package io.iblocksync.receive.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.linux.ImageType;
import io.iblocksync.protocol.ImageDetails;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.LoopFileSystem;
import io.iblocksync.testing.TinyFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SpaceTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  @Test
  void whatIsAllocatedIsTakenOffWhatIsLeft() throws IOException {
    try (TinyFileSystem tiny = TinyFileSystem.on(folder, 4 * MIB)) {
      Path path = tiny.folder().resolve("image");
      Space missing = TargetProbe.of(path).space();
      assertEquals(4 * MIB, missing.free());
      assertEquals(0, missing.allocated());
      Files.write(path, new byte[MIB]);
      // As long as it could never be.
      Commands.run("truncate", "-s", "1G", path.toString());
      Space file = TargetProbe.of(path).space();
      assertEquals(3 * MIB, file.free());
      assertEquals(MIB, file.allocated());
      assertFalse(file.compresses());
    }
  }

  @Test
  void theSystemIsNotAskedAboutASmallFileThatHasRoomAnyway() throws IOException {
    try (TinyFileSystem tiny = TinyFileSystem.on(folder, 4 * MIB)) {
      Path path = Files.write(tiny.folder().resolve("image"), new byte[MIB / 4]);
      assertEquals(ImageDetails.UNKNOWN, TargetProbe.of(path).space().allocated());
    }
  }

  @Test
  void aSparseFileThatCouldTakeMuchOfTheRoomIsAskedAbout() throws IOException {
    try (TinyFileSystem tiny = TinyFileSystem.on(folder, 4 * MIB)) {
      Path path = tiny.folder().resolve("image");
      Commands.run("truncate", "-s", "3M", path.toString());
      assertEquals(0, TargetProbe.of(path).space().allocated());
    }
  }

  @Test
  void aDeviceHasItsSizeAndNothingMore() throws IOException {
    try (LoopDevice device = LoopDevice.ofSize(folder.resolve("backing"), MIB)) {
      Space space = TargetProbe.of(device.path()).space();
      assertEquals(ImageDetails.UNKNOWN, space.free());
      assertEquals(ImageDetails.UNKNOWN, space.allocated());
      assertFalse(space.compresses());
    }
  }

  @Test
  void btrfsMayHoldMoreThanItHasRoomFor() throws IOException {
    try (LoopFileSystem files = LoopFileSystem.of("btrfs", folder)) {
      assertTrue(new Space(files.folder().resolve("image"), ImageType.MISSING, 0).compresses());
    }
  }
}
