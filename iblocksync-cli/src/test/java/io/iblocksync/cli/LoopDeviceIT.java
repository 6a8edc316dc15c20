package io.iblocksync.cli;

import static io.iblocksync.cli.it.Images.assertEqual;
import static io.iblocksync.cli.it.Images.differing;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.testing.LoopDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Block devices as source and target. Their sizes are theirs: a target keeps its own. */
@Timeout(60)
class LoopDeviceIT {
  private static final int SIZE = 3 << 20;

  @TempDir Path folder;
  private Images images;

  @BeforeEach
  void makeImages() {
    images = new Images(folder);
  }

  @Tag("smoke")
  @Test
  void aDeviceSyncsToADeviceOfItsSizeAndTheSecondRunTransmitsNothing() throws IOException {
    Path source = images.random("source.img", SIZE + 1536);
    Path target = images.copy(source, "target.img");
    images.change(target, 4096, 0, 300, 768);
    try (LoopDevice from = LoopDevice.over(source);
        LoopDevice to = LoopDevice.over(target)) {
      Program sync = Program.iblocksync("-b", "4K", from.path(), to.path());
      sync.run().succeeded().counted(769, 3);
      assertEqual(from.path(), to.path());
      sync.run().succeeded().counted(769, 0);
    }
    assertEqual(source, target);
  }

  @Test
  void aDeviceSyncsToANewFileAndBackToADevice() throws IOException {
    Path source = images.random("source.img", SIZE);
    Path file = images.path("file.img");
    Path back = images.random("back.img", SIZE);
    try (LoopDevice from = LoopDevice.over(source);
        LoopDevice to = LoopDevice.over(back)) {
      Program.iblocksync(from.path(), file).run().succeeded().counted(3, 3);
      assertEqual(source, file);
      Program.iblocksync(file, to.path()).run().succeeded().counted(3, 3);
    }
    assertEqual(source, back);
  }

  @Test
  void theRestOfALargerDeviceBecomesZeros() throws IOException {
    Path source = images.random("source.img", SIZE - 700);
    Path target = images.random("target.img", 2 * SIZE);
    int differing = differing(source, target, 1 << 16);
    try (LoopDevice to = LoopDevice.over(target)) {
      Path device = to.path();
      Program.iblocksync("-b", "64K", source, device).run().failed("-f").saidNothingElse();
      Program.iblocksync("-f", "-b", "64K", source, device).run().forced().counted(48, differing);
      Program.iblocksync("-f", "-b", "64K", source, device).run().forced().counted(48, 0);
    }
    byte[] expected = Arrays.copyOf(Files.readAllBytes(source), 2 * SIZE);
    assertArrayEquals(expected, Files.readAllBytes(target));
  }

  @Test
  void aSmallerDeviceIsRefusedAndKeepsItsData() throws IOException {
    Path source = images.random("source.img", SIZE + 1);
    Path target = images.random("target.img", SIZE);
    Path before = images.copy(target, "before.img");
    try (LoopDevice to = LoopDevice.over(target)) {
      Program.iblocksync("-f", source, to.path())
          .run()
          .failed(to.path().toString(), Integer.toString(SIZE));
      assertEqual(before, to.path());
    }
    assertEqual(before, target);
  }

  @Test
  void anEmptySourceLeavesNothingButZerosOnADevice() throws IOException {
    Path source = images.random("source.img", 0);
    Path target = images.random("target.img", SIZE);
    Path before = images.copy(target, "before.img");
    try (LoopDevice to = LoopDevice.over(target)) {
      Program.iblocksync("-f", source, to.path()).run().failed("--force-empty").saidNothingElse();
      assertEqual(before, to.path());
      Program.iblocksync("--force-empty", source, to.path()).run().forced();
    }
    assertEqual(images.zeros("zeros.img", SIZE), target);
  }

  @Test
  void aDeviceThatCannotBeWrittenIsRefused() throws IOException {
    Path source = images.random("source.img", SIZE);
    Path target = images.random("target.img", SIZE);
    try (LoopDevice to = LoopDevice.readOnly(target)) {
      Program.iblocksync(source, to.path()).run().failed(to.path().toString());
      assertEquals(3, differing(source, to.path(), 1 << 20));
    }
  }
}
