package io.iblocksync.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.iblocksync.testing.Commands;
import io.iblocksync.testing.JavaProcess;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.LoopFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which loop devices lie over a file, however it was called when they were attached. */
@Timeout(60)
class LoopDevicesTest {
  private static final int SIZE = 1 << 20;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void makeFile() throws IOException {
    file = Files.write(folder.resolve("image"), new byte[SIZE]);
  }

  @Test
  void aFileIsFoundByAnotherNameWhenThatOfTheDeviceIsRemoved() throws IOException {
    Path other = Files.createLink(folder.resolve("other"), file);
    try (LoopDevice device = LoopDevice.over(file)) {
      Files.delete(file);
      assertOver(device, other);
    }
  }

  @Test
  void aFileInPlaceOfARemovedOneIsNotTakenForIt() throws IOException {
    try (LoopDevice device = LoopDevice.over(file)) {
      Files.delete(file);
      Files.write(file, new byte[SIZE]);
      assertEquals(List.of(), LoopDevices.over(file, true), device.path().toString());
    }
  }

  @Test
  void aFileIsFoundInWhateverMountNamespaceItWasAttached() throws IOException {
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere/images"));
    // What stands at the same path here is another file.
    Path here = Files.write(elsewhere.resolve("image"), new byte[SIZE]);
    try (LoopDevice device = LoopDevice.inOtherNamespace(file, elsewhere)) {
      assertOver(device, file);
      assertEquals(List.of(), LoopDevices.over(here, true));
    }
  }

  @Test
  void aFileIsFoundWhoseNameIsNoUtf8() throws IOException {
    try (LoopDevice device = LoopDevice.byOddName(file)) {
      assertOver(device, file);
    }
  }

  @Test
  void aFileIsFoundInASubvolumeOfBtrfs() throws IOException {
    try (LoopFileSystem files = LoopFileSystem.of("btrfs", folder)) {
      Path subvolume = files.folder().resolve("subvolume");
      Commands.run("btrfs", "subvolume", "create", subvolume.toString());
      Path image = Files.write(subvolume.resolve("image"), new byte[SIZE]);
      Path sameInode = Files.write(files.folder().resolve("image"), new byte[SIZE]);
      try (LoopDevice device = LoopDevice.over(image)) {
        assertOver(device, image);
        assertEquals(List.of(), LoopDevices.over(sameInode, true));
      }
    }
  }

  @Test
  void aDeviceIsFoundUnderAnotherNode() throws IOException {
    try (LoopDevice lower = LoopDevice.over(file)) {
      Path node = folder.resolve("node");
      String minor = lower.path().toString().replaceAll("\\D", "");
      Commands.need("device node", "mknod", node.toString(), "b", "7", minor);
      try (LoopDevice upper = LoopDevice.over(node)) {
        Files.delete(node);
        assertOver(upper, lower.path());
      }
    }
  }

  @Test
  void withoutNativeCallsAFileIsFoundByItsPath() throws IOException {
    try (LoopDevice device = LoopDevice.over(file)) {
      assertEquals(name(device), overWithoutNativeCalls(file));
    }
  }

  @Test
  void withoutNativeCallsAFileIsFoundWhoseNameLooksRemoved() throws IOException {
    Path removed = Files.move(file, folder.resolve("image (deleted)"));
    Path other = Files.write(file, new byte[SIZE]);
    try (LoopDevice device = LoopDevice.over(removed)) {
      assertEquals(name(device), overWithoutNativeCalls(removed));
      assertEquals("", overWithoutNativeCalls(other));
      assertOver(device, removed);
    }
  }

  @Test
  void thePathIsBelievedOfADeviceThatHasTheSizeOfTheFileThereAndNotOfTheImage() throws IOException {
    Path longer = Files.write(folder.resolve("longer"), new byte[SIZE + 512]);
    Path equal = Files.write(folder.resolve("equal"), new byte[SIZE + 511]);
    try (LoopDevice device = LoopDevice.over(file)) {
      assertEquals(true, isElsewhere(device, longer));
      assertEquals(false, isElsewhere(device, equal));
      assertEquals(false, isElsewhere(device, file));
      // Another one could stand there now.
      Files.write(file, new byte[2 * SIZE]);
      assertEquals(false, isElsewhere(device, longer));
      Files.delete(file);
      assertEquals(false, isElsewhere(device, longer));
    }
  }

  @Test
  void thePathIsBelievedOfADeviceOverAPartThatEndsAsTheFileAllows() throws IOException {
    Path longer = Files.write(folder.resolve("longer"), new byte[2 * SIZE]);
    Path shorter = Files.write(folder.resolve("shorter"), new byte[SIZE / 2]);
    try (LoopDevice part = LoopDevice.overPart(file, 512, SIZE / 2)) {
      assertEquals(false, isElsewhere(part, longer));
      assertEquals(true, isElsewhere(part, shorter));
    }
  }

  private static boolean isElsewhere(LoopDevice device, Path image) throws IOException {
    return LoopDevices.isElsewhere(BlockDevice.at(device.path()), FileId.of(image), image);
  }

  private String overWithoutNativeCalls(Path image) throws IOException {
    return JavaProcess.run(List.of(PrintOver.class, LoopDevices.class), image.toString());
  }

  /** Prints which loop devices lie over a file. */
  static final class PrintOver {
    public static void main(String[] arguments) {
      StringBuilder names = new StringBuilder();
      LoopDevices.over(Path.of(arguments[0]), true).forEach(device -> names.append(device.name()));
      System.out.println(names);
    }
  }

  private static String name(LoopDevice device) {
    return device.path().getFileName().toString();
  }

  private static void assertOver(LoopDevice device, Path image) {
    List<String> names = LoopDevices.over(image, true).stream().map(BlockDevice::name).toList();
    assertEquals(List.of(name(device)), names);
  }
}
