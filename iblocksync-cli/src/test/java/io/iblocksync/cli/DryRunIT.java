package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DryRunIT {
  @TempDir Path folder;
  private Images images;
  private Path source;

  @BeforeEach
  void makeSource() throws IOException {
    images = new Images(folder);
    source = images.random("source.img", 50 * 4096 + 1);
  }

  private static void assertWould(Result result, String would) {
    result.ended(0);
    assertEquals("target.img: " + would + "\n", result.output(), result.description());
  }

  @Test
  void nothingOfTheTargetIsChangedAndTheSameIsCountedAsARunDoes() throws IOException {
    Path target = images.copy(source, "target.img");
    images.change(target, 4096, 3, 17, 49, 50);
    byte[] before = Files.readAllBytes(target);
    Object time = Files.getLastModifiedTime(target);
    assertWould(
        Program.iblocksync("-n", "-b4K", source, target).run(),
        "4 of 51 blocks would be updated (12.2 kB)");
    assertArrayEquals(before, Files.readAllBytes(target));
    assertEquals(time, Files.getLastModifiedTime(target));
    Result real = Program.iblocksync("-b4K", source, target).run().succeeded().counted(51, 4);
    assertTrue(
        real.output().contains(": 4 of 51 blocks updated (12.2 kB) in "), real.description());
  }

  @Test
  void aMissingTargetIsNotCreated() throws IOException {
    Path target = folder.resolve("target.img");
    assertWould(
        Program.iblocksync("-n", "-b4K", source, target).run(),
        "would be created, 51 blocks (204.8 kB)");
    assertFalse(Files.exists(target));
  }

  @Test
  void nobodyIsAskedAboutAShorterTarget() throws IOException {
    Path target = images.random("target.img", 4096 + 1);
    Result result = Program.iblocksync("-n", "-b4K", source, target).run();
    assertWould(result, "51 of 51 blocks would be updated (204.8 kB)");
    assertTrue(result.errors().contains("WARNING: the size of the source image"));
    assertEquals(4096 + 1, Files.size(target));
  }

  @Test
  void aLongerTargetIsNotCut() throws IOException {
    Path target = folder.resolve("target.img");
    byte[] longer = new byte[60 * 4096];
    System.arraycopy(Files.readAllBytes(source), 0, longer, 0, 50 * 4096 + 1);
    Files.write(target, longer);
    assertWould(
        Program.iblocksync("-n", "-b4K", source, target).run(),
        "0 of 51 blocks would be updated (0 B); last 40.9 kB would be cut off");
    assertEquals(60 * 4096, Files.size(target));
  }

  @Test
  void aTargetThatMayNotBeWrittenToCanBeCompared() throws IOException {
    Path target = images.copy(source, "target.img");
    assertTrue(target.toFile().setWritable(false));
    assertWould(
        Program.iblocksync("--dry-run", "-b4K", source, target).withoutPowers().run(),
        "equal, nothing to do (51 blocks, 204.8 kB)");
  }
}
