package io.iblocksync.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.protocol.Identity;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.Partition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class IdentityReaderTest {
  private static final int SIZE = 4 << 20;

  @TempDir Path folder;

  @Test
  void aFileIsTheSameByEveryName() throws IOException {
    Path file = Files.write(folder.resolve("image"), new byte[SIZE]);
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    Path hardLink = Files.createLink(folder.resolve("hard"), file);
    assertEquals(IdentityReader.of(file), IdentityReader.of(link));
    assertEquals(IdentityReader.of(file), IdentityReader.of(hardLink));
  }

  @Test
  void twoFilesAreNotTheSame() throws IOException {
    Path one = Files.write(folder.resolve("one"), new byte[SIZE]);
    Path other = Files.write(folder.resolve("other"), new byte[SIZE]);
    assertOverlap(false, one, other);
  }

  @Test
  void whatIsMissingHasNoIdentity() {
    assertNull(IdentityReader.of(folder.resolve("missing")));
  }

  @Test
  void aLoopDeviceOverlapsItsFile() throws IOException {
    Path file = folder.resolve("image");
    try (LoopDevice device = LoopDevice.ofSize(file, SIZE)) {
      assertOverlap(true, device.path(), file);
    }
  }

  @Test
  void aLoopDeviceOverlapsItsFileByAnotherName() throws IOException {
    Path file = Files.write(folder.resolve("image"), new byte[SIZE]);
    Path other = Files.createLink(folder.resolve("other"), file);
    try (LoopDevice device = LoopDevice.over(file)) {
      Files.delete(file);
      assertOverlap(true, device.path(), other);
    }
  }

  @Test
  void twoLoopDevicesOverlapByTheFileThatNoPathLeadsTo() throws IOException {
    Path file = Files.write(folder.resolve("image"), new byte[SIZE]);
    try (LoopDevice one = LoopDevice.over(file);
        LoopDevice other = LoopDevice.over(file)) {
      Files.delete(file);
      assertOverlap(true, one.path(), other.path());
    }
  }

  @Test
  void twoLoopDevicesOverAFileOverlap() throws IOException {
    Path file = folder.resolve("image");
    try (LoopDevice one = LoopDevice.ofSize(file, SIZE);
        LoopDevice other = LoopDevice.over(file)) {
      assertOverlap(true, one.path(), other.path());
    }
  }

  @Test
  void twoLoopDevicesOverPartsOfAFileDoNotOverlap() throws IOException {
    Path file = Files.write(folder.resolve("image"), new byte[2 * SIZE]);
    try (LoopDevice one = LoopDevice.overPart(file, 0, SIZE);
        LoopDevice other = LoopDevice.overPart(file, SIZE, SIZE)) {
      assertOverlap(false, one.path(), other.path());
      assertOverlap(true, one.path(), file);
      assertOverlap(true, other.path(), file);
    }
  }

  @Test
  void aLoopDeviceOverALoopDeviceOverlapsTheFileBelowBoth() throws IOException {
    Path file = folder.resolve("image");
    try (LoopDevice lower = LoopDevice.ofSize(file, SIZE);
        LoopDevice upper = LoopDevice.over(lower.path())) {
      assertOverlap(true, upper.path(), lower.path());
      assertOverlap(true, upper.path(), file);
    }
  }

  @Test
  void aPartitionOverlapsItsDiskAndTheFileBelowItButNotItsNeighbour() throws IOException {
    Path file = Files.write(folder.resolve("image"), new byte[SIZE]);
    try (LoopDevice disk = LoopDevice.disk(file);
        Partition one = Partition.of(disk, 1, 1 << 20, 1 << 20);
        Partition other = Partition.of(disk, 2, 2 << 20, 1 << 20)) {
      assertOverlap(true, one.path(), disk.path());
      assertOverlap(true, one.path(), file);
      assertOverlap(false, one.path(), other.path());
    }
  }

  private static void assertOverlap(boolean expected, Path one, Path other) {
    Identity left = IdentityReader.of(one);
    Identity right = IdentityReader.of(other);
    if (expected) {
      assertTrue(left.overlaps(right) && right.overlaps(left), left + " and " + right);
    } else {
      assertFalse(left.overlaps(right) || right.overlaps(left), left + " and " + right);
    }
  }
}
