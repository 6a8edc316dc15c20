package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import io.iblocksync.testing.LoopDevice;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class VerifyIT {
  private static final int SIZE = 2 << 20;

  @TempDir Path folder;
  private Images images;
  private Path source;

  @BeforeEach
  void makeSource() throws IOException {
    images = new Images(folder);
    source = images.random("source.img", SIZE);
  }

  private static void assertVerified(Result result) {
    result.ended(0);
    assertTrue(result.output().endsWith("; verified\n"), result.description());
  }

  /** Blocks that lie across the pieces that are read at once, and a last one that is partial. */
  @ParameterizedTest
  @ValueSource(strings = {"1000", "4K", "1M", "1500K"})
  void aNewTargetAndOneWithChangesAreVerified(String block) throws IOException {
    Path target = folder.resolve("target.img");
    assertVerified(Program.iblocksync("--verify", "-b", block, source, target).run());
    images.change(target, 4096, 3, 17, 300);
    assertVerified(Program.iblocksync("--verify", "-b", block, source, target).run());
    assertArrayEquals(Files.readAllBytes(source), Files.readAllBytes(target));
  }

  @Test
  void aShorterTargetAndZerosAreVerified() throws IOException {
    byte[] image = Files.readAllBytes(source);
    java.util.Arrays.fill(image, 100_000, 1_500_000, (byte) 0);
    Files.write(source, image);
    Path target = images.random("target.img", 777_777);
    assertVerified(Program.iblocksync("--verify", "-f", "-b", "4K", source, target).run());
    assertArrayEquals(image, Files.readAllBytes(target));
  }

  @Tag("smoke")
  @Test
  void whatOnlyTheMediumHasIsSeenAlthoughTheCacheIsRight() throws IOException {
    Path backing = images.copy(source, "backing.img");
    try (LoopDevice device = LoopDevice.over(backing);
        FileChannel open = FileChannel.open(device.path(), StandardOpenOption.READ)) {
      // Held in the cache of the device, which is another one than that of the file below.
      MappedByteBuffer cached = open.map(MapMode.READ_ONLY, 0, SIZE).load();
      images.change(backing, 4096, 200);
      Program.iblocksync("-b", "4K", source, device.path()).run().succeeded().counted(512, 0);
      Program.iblocksync("--verify", "-b", "4K", source, device.path())
          .run()
          .failed(
              "iblocksync-receive: error: the target, read again from its medium, is not equal to"
                  + " what the source has read");
      assertTrue(cached.isDirect());
    }
  }
}
