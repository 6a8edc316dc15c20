package io.iblocksync.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.protocol.ImageDetails;
import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllocationTest {
  @TempDir Path folder;

  @Test
  void itIsWhatTheSystemTells() throws IOException {
    Path path = Files.write(folder.resolve("imäge"), new byte[100_000]);
    Commands.run("truncate", "-s", "1G", path.toString());
    long blocks = Long.parseLong(Commands.run("stat", "-c", "%b", path.toString()));
    assertEquals(512 * blocks, Allocation.of(path));
    assertTrue(blocks > 0);
  }

  @Test
  void blocksWithoutDataCount() throws IOException {
    Path path = folder.resolve("image");
    Commands.need("fallocate", "fallocate", "-l", "1M", path.toString());
    assertTrue(Allocation.of(path) >= 1 << 20);
  }

  @Test
  void whatIsNotThereIsUnknown() {
    assertEquals(ImageDetails.UNKNOWN, Allocation.of(folder.resolve("image")));
  }
}
