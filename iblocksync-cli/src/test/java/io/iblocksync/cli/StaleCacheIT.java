package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.Mount;
import io.iblocksync.testing.Partition;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Block devices whose page cache is older than they are. It lasts as long as somebody has them
 * open, and what comes to the medium by another way does not change it.
 */
@Timeout(60)
class StaleCacheIT {
  private static final int MIB = 1 << 20;
  private static final int SIZE = 2 * MIB;

  @TempDir Path folder;
  private Images images;

  @BeforeEach
  void makeImages() {
    images = new Images(folder);
  }

  @ParameterizedTest
  @CsvSource({"true, remount", "false, freeze"})
  void whatAMountedFileSystemHasWrittenIsCopied(boolean wholeDisk, String how) throws IOException {
    Path image = images.zeros("disk.img", 48 * MIB);
    try (LoopDevice disk = LoopDevice.disk(image);
        Partition partition = Partition.of(disk, 1, MIB, 46 * MIB)) {
      Commands.need("ext4", "mkfs.ext4", "-q", partition.path().toString());
      Path source = wholeDisk ? disk.path() : partition.path();
      try (Mount mount = Mount.on(partition.path(), folder.resolve("mount"));
          FileChannel held = FileChannel.open(source)) {
        Path target = Files.copy(source, images.path("target.img"));
        Files.write(mount.folder().resolve("new"), TempImages.bytes(new Random(1), 3 * MIB));
        Commands.run("sync", "-f", mount.folder().toString());
        boolean freeze = how.equals("freeze");
        settle(mount, freeze);
        try {
          Program.iblocksync(source, target).run().ended(0);
          assertEqualToMedium(source, target);
        } finally {
          if (freeze) {
            Commands.run("fsfreeze", "--unfreeze", mount.folder().toString());
          }
        }
        assertTrue(held.isOpen());
      }
    }
  }

  private static void settle(Mount mount, boolean freeze) throws IOException {
    String at = mount.folder().toString();
    if (freeze) {
      Commands.need("fsfreeze", "fsfreeze", "--freeze", at);
    } else {
      Commands.run("mount", "-o", "remount,ro", at);
    }
  }

  private void assertEqualToMedium(Path device, Path copy) throws IOException {
    Path medium = folder.resolve("medium.img");
    Commands.run("dd", "if=" + device, "of=" + medium, "bs=1M", "iflag=direct", "status=none");
    Images.assertEqual(medium, copy);
  }

  /** Its own first run can be who has cached the device. */
  @Test
  void aSecondBackupOfASmallMountedDeviceHasWhatIsNew() throws IOException {
    Path image = images.zeros("disk.img", 120 * MIB);
    Commands.need("btrfs", "mkfs.btrfs", "-q", image.toString());
    try (LoopDevice device = LoopDevice.over(image)) {
      try (Mount mount = Mount.on(device.path(), folder.resolve("mount"))) {
        Path target = images.path("target.img");
        for (int round = 1; round <= 2; round++) {
          byte[] file = TempImages.bytes(new Random(round), 10 * MIB);
          Files.write(mount.folder().resolve("file"), file);
          Commands.run("sync", "-f", mount.folder().toString());
          Commands.run("mount", "-o", "remount,ro", mount.folder().toString());
          Program.iblocksync("-f", device.path(), target).run().ended(0);
          assertEqualToMedium(device.path(), target);
          Commands.run("mount", "-o", "remount,rw", mount.folder().toString());
        }
      }
    }
  }

  /** What a device has cached is as it was before its file changed. */
  private FileChannel hold(Path device) throws IOException {
    FileChannel held = FileChannel.open(device);
    held.read(ByteBuffer.allocate((int) held.size()));
    return held;
  }

  @Tag("smoke")
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bothSidesAreReadAsTheyAreOnTheMedium(boolean oneProcess) throws IOException {
    Path source = images.random("source.img", SIZE);
    Path target = images.copy(source, "target.img");
    try (LoopDevice from = LoopDevice.over(source);
        LoopDevice to = LoopDevice.over(target);
        FileChannel heldSource = hold(from.path());
        FileChannel heldTarget = hold(to.path())) {
      images.change(source, 4096, 100);
      images.change(target, 4096, 200, 201);
      Program sync = Program.iblocksync("-b", "4K", from.path(), to.path());
      if (!oneProcess) {
        sync.with("IBLOCKSYNC_SOURCE_EXEC", Repository.script("iblocksync-serve"))
            .with("IBLOCKSYNC_TARGET_EXEC", Repository.script("iblocksync-receive"));
      }
      sync.run().succeeded().counted(512, 3);
      assertTrue(heldSource.isOpen() && heldTarget.isOpen());
    }
    Images.assertEqual(source, target);
  }

  @Test
  void aDryRunComparesWhatIsOnTheMedium() throws IOException {
    Path source = images.random("source.img", SIZE);
    Path target = images.copy(source, "target.img");
    try (LoopDevice to = LoopDevice.over(target);
        FileChannel held = hold(to.path())) {
      images.change(target, 4096, 200, 201);
      Result result = Program.iblocksync("-n", "-b", "4K", source, to.path()).run();
      result.ended(0);
      String line = ": 2 of 512 blocks would be updated (8.1 kB)";
      assertTrue(result.output().contains(line), result.description());
      assertTrue(held.isOpen());
    }
  }

  /** A page that is written in part is made up from the cache. */
  @Test
  void whatIsBesideAWrittenBlockIsNotMadeOld() throws IOException {
    Path source = images.random("source.img", SIZE);
    Path target = images.copy(source, "target.img");
    byte[] old = Files.readAllBytes(target);
    Arrays.fill(old, 300 * 4096, 301 * 4096, (byte) 1);
    Images.write(target, old);
    try (LoopDevice to = LoopDevice.over(target);
        FileChannel held = hold(to.path())) {
      byte[] almost = Files.readAllBytes(source);
      almost[300 * 4096 + 700] ^= 1;
      Images.write(target, almost);
      Program.iblocksync("-b", "512", source, to.path()).run().succeeded().counted(4096, 1);
      assertTrue(held.isOpen());
    }
    Images.assertEqual(source, target);
  }

  @Test
  void theUuidIsTheOneOnTheMedium() throws IOException {
    Path image = images.zeros("disk.img", SIZE);
    String old = "11111111-1111-4111-8111-111111111111";
    String now = "22222222-2222-4222-8222-222222222222";
    Commands.need("ext4", "mkfs.ext4", "-q", "-U", old, image.toString());
    try (LoopDevice device = LoopDevice.over(image);
        FileChannel held = hold(device.path())) {
      Path other = images.zeros("other.img", SIZE);
      Commands.run("mkfs.ext4", "-q", "-U", now, other.toString());
      Images.write(image, Files.readAllBytes(other));
      for (String name : new String[] {"iblocksync-serve", "iblocksync-receive"}) {
        Path endpoint = Repository.script(name);
        String script = "printf 'iblocksync 1.0.1\\n' | \"$@\"";
        Result result = Program.shell(script, endpoint, device.path()).run();
        assertTrue(result.output().contains(now), result.description());
      }
      assertTrue(held.isOpen());
    }
  }

  @Test
  void aDeviceThatALoopDeviceReadsThroughIsReadAsItIsOnTheMedium() throws IOException {
    Path source = images.random("source.img", SIZE);
    Path target = images.copy(source, "target.img");
    try (LoopDevice lower = LoopDevice.over(source);
        FileChannel held = hold(lower.path());
        LoopDevice upper = LoopDevice.over(lower.path())) {
      images.change(source, 4096, 100);
      Program.iblocksync("-b", "4K", upper.path(), target).run().succeeded().counted(512, 1);
      assertTrue(held.isOpen());
    }
    Images.assertEqual(source, target);
  }

  @Test
  void whatIsMappedStaysInTheCacheAndIsReadPastIt() throws IOException {
    Path source = images.random("source.img", SIZE);
    Path target = images.copy(source, "target.img");
    try (LoopDevice to = LoopDevice.over(target);
        FileChannel held = FileChannel.open(to.path())) {
      MappedByteBuffer mapped = held.map(MapMode.READ_ONLY, 0, SIZE).load();
      images.change(target, 4096, 200);
      Program.iblocksync("-b", "4K", source, to.path()).run().succeeded().counted(512, 1);
      assertTrue(mapped.isDirect());
    }
    Images.assertEqual(source, target);
  }
}
