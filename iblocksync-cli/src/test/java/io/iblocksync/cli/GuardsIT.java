package io.iblocksync.cli;

import static io.iblocksync.cli.it.Images.assertEqual;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Shell;
import io.iblocksync.cli.it.Wrapper;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the program refuses, or warns of, because of what the images are. */
@Timeout(60)
class GuardsIT {
  private static final int SIZE = 3 << 20;

  @TempDir Path folder;
  private Images images;
  private Path source;

  @BeforeEach
  void makeImages() throws IOException {
    images = new Images(folder);
    source = images.random("source.img", SIZE);
  }

  @Test
  void anImageIsNotSyncedToItself() throws IOException {
    Path link = Files.createSymbolicLink(images.path("link.img"), source);
    Path before = images.copy(source, "before.img");
    Program.iblocksync("-f", source, link)
        .run()
        .failed("are the same image", source.toString(), link.toString())
        .saidNothingElse();
    assertEqual(before, source);
  }

  @Test
  void aFileIsNotSyncedToALoopDeviceOverIt() throws IOException {
    try (LoopDevice device = LoopDevice.over(source)) {
      Program.iblocksync("-f", source, device.path()).run().failed("are the same image");
      Program.iblocksync("-f", device.path(), source).run().failed("are the same image");
    }
  }

  @Test
  void aDeviceThatIsTooSmallIsRefusedBeforeItsSizeIsAskedAbout() throws IOException {
    Path target = images.random("target.img", SIZE - 512);
    Path before = images.copy(target, "before.img");
    try (LoopDevice device = LoopDevice.over(target)) {
      Result result = Program.iblocksync(source, device.path()).typed("y\n").run();
      result.failed("too small", device.path().toString()).saidNothingElse();
    }
    assertEqual(before, target);
  }

  @Test
  void aSourceThatIsMountedReadWriteIsWarnedOf() throws IOException {
    Path fileSystem = fileSystem();
    Path target = images.path("target.img");
    try (LoopDevice device = LoopDevice.over(fileSystem);
        Mount mount = Mount.on(device.path(), images.path("mount"))) {
      Result result = Program.iblocksync(device.path(), target).run().ended(0);
      assertTrue(result.says(" is mounted read-write on " + mount.folder()), result.description());
      assertTrue(result.says("snapshot"), result.description());
      Commands.run("mount", "-o", "remount,ro", mount.folder().toString());
      Program.iblocksync(device.path(), target).run().succeeded();
      // By the file in which it lies, too.
      Commands.run("mount", "-o", "remount,rw", mount.folder().toString());
      result = Program.iblocksync(fileSystem, target).run().ended(0);
      assertTrue(result.says(" is mounted read-write on " + mount.folder()), result.description());
    }
  }

  @Test
  void aSourceThatChangesWhileItIsReadIsWarnedOf() throws IOException {
    Path target = images.path("target.img");
    // The source has told its image before the target's wrapper starts.
    Path wrapper = Wrapper.ofTarget(folder).before("echo more >>" + Shell.quote(source)).write();
    Result result =
        Program.iblocksync(source, target).with("IBLOCKSYNC_TARGET_EXEC", wrapper).run().ended(0);
    assertTrue(result.says("has changed while it was read"), result.description());
    assertEquals(SIZE, Files.size(target));
  }

  @Test
  void aSourceThatIsReplacedMeanwhileHasNotChanged() throws IOException {
    Path target = images.path("target.img");
    Path before = images.copy(source, "before.img");
    Path other = images.random("other.img", SIZE);
    Path wrapper =
        Wrapper.ofTarget(folder)
            .before("mv " + Shell.quote(other) + " " + Shell.quote(source))
            .write();
    Program.iblocksync(source, target).with("IBLOCKSYNC_TARGET_EXEC", wrapper).run().succeeded();
    assertEqual(before, target);
  }

  private Path fileSystem() throws IOException {
    Path image = images.zeros("fs.img", 2 << 20);
    Commands.run("mkfs.ext4", "-q", "-O", "^has_journal", image.toString());
    return image;
  }
}
