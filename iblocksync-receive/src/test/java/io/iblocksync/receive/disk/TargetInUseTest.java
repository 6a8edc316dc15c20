package io.iblocksync.receive.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Native;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.JavaProcess;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.Mount;
import io.iblocksync.testing.OtherNamespace;
import io.iblocksync.testing.Partition;
import io.iblocksync.testing.StandardError;
import io.iblocksync.testing.Swap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Targets that others use. */
@Timeout(60)
class TargetInUseTest {
  private static final Settings FORCE = Settings.NONE.with(Setting.FORCE_IN_USE, true);
  private static final int SIZE = 4 << 20;

  @TempDir Path folder;

  @Test
  void aMountedDeviceIsRefused() throws IOException {
    Path mountPoint = folder.resolve("a folder");
    try (LoopDevice device = fileSystem();
        Mount mount = Mount.on(device.path(), mountPoint)) {
      assertInUse(device.path(), "mounted on " + mount.folder() + "; unmount it");
    }
  }

  @Test
  void aDeviceIsMountedToThoseWithoutNativeCallsToo() throws IOException {
    try (LoopDevice device = fileSystem();
        Mount mount = Mount.on(device.path(), folder.resolve("mount"))) {
      String output =
          JavaProcess.run(
              List.of(TargetOpenTest.OpenTarget.class, Target.class, ImageException.class),
              device.path().toString());
      assertTrue(output.contains("is mounted on " + mount.folder()), output);
    }
  }

  @Test
  void aDeviceThatIsMountedInAnotherNamespaceIsRefused() throws IOException {
    Path mountPoint = folder.resolve("mount");
    try (LoopDevice device = fileSystem();
        OtherNamespace other = OtherNamespace.mount(device.path(), mountPoint)) {
      String where = "mounted on " + mountPoint + " (as process " + other.process() + " sees it)";
      assertInUse(device.path(), where + "; unmount it");
    }
  }

  @Test
  void aDeviceThatIsSwapSpaceIsRefused() throws IOException {
    try (LoopDevice device = LoopDevice.ofSize(folder.resolve("backing"), SIZE);
        Swap swap = Swap.on(device.path())) {
      assertInUse(swap.path(), "in use as swap space; end that with swapoff");
    }
  }

  @Test
  void aFileThatIsSwapSpaceIsRefused() throws IOException {
    try (LoopDevice device = fileSystem();
        Mount mount = Mount.on(device.path(), folder.resolve("mount"))) {
      Path file = Files.write(mount.folder().resolve("swap"), new byte[1 << 20]);
      try (Swap swap = Swap.on(file)) {
        assertInUse(swap.path(), "in use as swap space; end that with swapoff");
      }
    }
  }

  @Test
  void aFileUnderALoopDeviceIsRefused() throws IOException {
    Path file = folder.resolve("backing");
    try (LoopDevice device = LoopDevice.ofSize(file, SIZE)) {
      Path hardLink = Files.createLink(folder.resolve("link"), file);
      assertInUse(hardLink, "in use by the loop device " + device.path() + "; detach");
    }
  }

  @Test
  void aFileUnderALoopDeviceIsRefusedWhoseOtherNameIsRemoved() throws IOException {
    Path file = folder.resolve("backing");
    try (LoopDevice device = LoopDevice.ofSize(file, SIZE)) {
      Path hardLink = Files.createLink(folder.resolve("link"), file);
      Files.delete(file);
      assertInUse(hardLink, "in use by the loop device " + device.path() + "; detach");
    }
  }

  @Test
  void aDeviceUnderALoopDeviceIsRefused() throws IOException {
    try (LoopDevice lower = LoopDevice.ofSize(folder.resolve("backing"), SIZE);
        LoopDevice upper = LoopDevice.over(lower.path())) {
      assertInUse(lower.path(), "in use by the loop device " + upper.path() + "; detach");
    }
  }

  @Test
  void aDiskWithAMountedPartitionIsRefusedButNotThePartitionBesideIt() throws IOException {
    Path file = Files.write(folder.resolve("backing"), new byte[2 * SIZE]);
    try (LoopDevice disk = LoopDevice.disk(file);
        Partition used = Partition.of(disk, 1, 0, SIZE);
        Partition free = Partition.of(disk, 2, SIZE, SIZE)) {
      makeFileSystem(used.path());
      try (Mount mount = Mount.on(used.path(), folder.resolve("mount"))) {
        String name = used.path().getFileName().toString();
        assertInUse(
            disk.path(), "a disk whose partition " + name + " is mounted on " + mount.folder());
        open(free.path(), Settings.NONE).close();
      }
    }
  }

  @Test
  void aPartitionOfAMountedDiskIsRefused() throws IOException {
    try (LoopDevice disk = fileSystem();
        Partition partition = Partition.of(disk, 1, SIZE / 2, SIZE / 2);
        Mount mount = Mount.on(disk.path(), folder.resolve("mount"))) {
      String name = disk.path().getFileName().toString();
      assertInUse(
          partition.path(), "a partition of " + name + ", which is mounted on " + mount.folder());
    }
  }

  @Test
  void aDeviceThatAnotherProcessHasUnderAnotherNameIsRefused() throws IOException {
    try (LoopDevice device = LoopDevice.ofSize(folder.resolve("backing"), SIZE);
        NativeFile held = NativeFile.open(device.path(), NativeFile.O_RDONLY | NativeFile.O_EXCL)) {
      Path node = node(device);
      String output =
          JavaProcess.run(
              List.of(
                  TargetOpenTest.OpenTarget.class,
                  Target.class,
                  ImageException.class,
                  Native.class),
              node.toString());
      String here = "in use by process " + ProcessHandle.current().pid() + " (java)";
      assertTrue(output.startsWith(node + ": is " + here), output);
      assertEquals(device.path(), held.path());
    }
  }

  @Test
  void aSecondRunOnADeviceIsRefusedWhateverItsNodeAndWhateverIsForced() throws IOException {
    try (LoopDevice device = fileSystem();
        Mount mount = Mount.on(device.path(), folder.resolve("mount"))) {
      // Both would be let in although it is mounted.
      Path node = node(device);
      assertForcedOnce(device.path(), node, mount);
      assertForcedOnce(node, device.path(), mount);
    }
  }

  private static void assertForcedOnce(Path first, Path second, Mount mount) throws IOException {
    try (StandardError errors = new StandardError();
        Target writing = open(first, FORCE)) {
      TargetProbe target = TargetProbe.of(second);
      ImageException e = assertThrows(ImageException.class, () -> target.open(FORCE));
      String here = "is locked by process " + ProcessHandle.current().pid() + " (java)";
      assertEquals(here, e.reason());
      assertTrue(errors.text().contains("is mounted on " + mount.folder()), errors.text());
      assertEquals(SIZE, writing.size());
    }
  }

  private Path node(LoopDevice device) throws IOException {
    Path node = folder.resolve("node");
    String minor = device.path().toString().replaceAll("\\D", "");
    Commands.run("mknod", node.toString(), "b", "7", minor);
    return node;
  }

  @Test
  void whoHasADeviceExclusivelyNeedNotBeSeen() throws IOException {
    try (LoopDevice device = LoopDevice.ofSize(folder.resolve("backing"), SIZE);
        NativeFile held = NativeFile.open(device.path(), NativeFile.O_RDONLY | NativeFile.O_EXCL)) {
      assertInUse(held.path(), "in use: something that cannot be seen from here");
    }
  }

  @Test
  void nobodyMountsADeviceWhileItIsTheTarget() throws IOException {
    Path mountPoint = Files.createDirectory(folder.resolve("mount"));
    try (LoopDevice device = fileSystem()) {
      String[] mount = {"mount", device.path().toString(), mountPoint.toString()};
      try (Target target = open(device.path(), Settings.NONE)) {
        IOException e = assertThrows(IOException.class, () -> Commands.run(mount));
        // util-linux 2.41 says of EBUSY "Can't open blockdev", as the kernel does.
        assertTrue(e.getMessage().matches("(?s).*(busy|Can't open blockdev).*"), e.getMessage());
        assertEquals(SIZE, target.size());
      }
      Mount.on(device.path(), mountPoint).close();
    }
  }

  @Test
  void withForceADeviceInUseIsOpenedWithAWarning() throws IOException {
    try (LoopDevice device = fileSystem();
        Mount mount = Mount.on(device.path(), folder.resolve("mount"))) {
      try (StandardError errors = new StandardError()) {
        open(device.path(), FORCE).close();
        String warning = errors.text();
        assertTrue(warning.contains("WARNING: "), warning);
        assertTrue(warning.contains("is mounted on " + mount.folder()), warning);
      }
    }
  }

  @Test
  void underACoordinatorOf101ThereIsNoForce() throws IOException {
    Path file = folder.resolve("backing");
    try (LoopDevice device = LoopDevice.ofSize(file, SIZE)) {
      ImageException e =
          assertThrows(ImageException.class, () -> open(file, Settings.OF_101).close());
      assertTrue(e.getMessage().contains(device.path().toString()), e.getMessage());
      assertTrue(
          e.getMessage().endsWith("(iblocksync 1.0.1 has no option to overwrite it all the same)"));
    }
  }

  private LoopDevice fileSystem() throws IOException {
    LoopDevice device = LoopDevice.disk(Files.write(folder.resolve("fs"), new byte[SIZE]));
    makeFileSystem(device.path());
    return device;
  }

  private static void makeFileSystem(Path device) throws IOException {
    Commands.run("mkfs.ext4", "-q", "-O", "^has_journal", device.toString());
  }

  private static Target open(Path path, Settings settings) throws ImageException {
    return TargetProbe.of(path).open(settings);
  }

  private static void assertInUse(Path path, String use) throws ImageException {
    TargetProbe target = TargetProbe.of(path);
    ImageException e = assertThrows(ImageException.class, () -> target.open(Settings.NONE));
    assertTrue(e.reason().startsWith("is " + use), e.reason());
    assertTrue(e.reason().endsWith(" (--force-in-use overwrites it all the same)"), e.reason());
  }
}
