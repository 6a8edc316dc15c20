package io.iblocksync.receive.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.iblocksync.image.DirectReader;
import io.iblocksync.image.ImageReader;
import io.iblocksync.linux.ImageException;
import io.iblocksync.program.Log;
import io.iblocksync.testing.FussyChannel;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What direct reads cannot do is read through the page cache, and that is said. */
class VerifyReaderTest {
  private static final int SIZE = 100_000;

  @TempDir Path folder;
  private final byte[] image = TempImages.bytes(TempImages.random("VerifyReaderTest"), SIZE);
  private final FussyChannel channel = new FussyChannel(image);
  private final List<String> warnings = new ArrayList<>();
  private Path path;

  @BeforeEach
  void listen() throws IOException {
    path = Files.write(folder.resolve("image"), image);
    Log.onWarning(warnings::add);
  }

  @AfterEach
  void listenNoMore() {
    Log.onWarning(null);
  }

  private byte[] read(int start, int length) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(length);
    try (ImageReader reader = ImageReader.open(path);
        VerifyReader again =
            VerifyReader.over(
                path, reader, DirectReader.over(path, channel), CacheDropper.Caveats.NONE)) {
      again.begin();
      again.read(into, start);
      assertEquals(length, again.bytesRead());
    }
    return into.array();
  }

  private void assertWarned(String... caveats) {
    List<String> expected = new ArrayList<>();
    for (String caveat : caveats) {
      expected.add(
          path + ": what is verified may come from the page cache, not from the disk: " + caveat);
    }
    assertEquals(expected, warnings);
  }

  @Test
  void whatIsAllReadDirectlyNeedsNoWarning() throws IOException {
    assertArrayEquals(image, read(0, SIZE));
    assertWarned();
  }

  @Test
  void theRestOfAShortReadIsReadThroughTheCache() throws IOException {
    channel.givingAtMost(1000);
    assertArrayEquals(image, read(0, SIZE));
    assertWarned("direct reads end early");
  }

  @Test
  void whatFailsIsReadThroughTheCache() throws IOException {
    channel.failingAt(50_000, "Invalid argument");
    assertArrayEquals(image, read(0, SIZE));
    assertWarned("direct reads fail: Invalid argument");
  }

  @Test
  void whatTheDiskHasLostIsNotReadFromTheCache() {
    channel.failingAt(50_000, "Input/output error");
    ImageException e = assertThrows(ImageException.class, () -> read(0, SIZE));
    assertEquals("Input/output error (at byte 49152)", e.reason());
    assertWarned();
  }

  @Test
  void anImageThatHasBecomeShorterIsAnErrorAndNoCaveat() throws IOException {
    Files.write(path, new byte[10]);
    ImageException e = assertThrows(ImageException.class, () -> read(SIZE - 100, 200));
    assertEquals("ends at byte " + SIZE + " when it is read again", e.reason());
    assertWarned();
  }
}
