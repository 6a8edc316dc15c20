package io.iblocksync.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.iblocksync.protocol.DirectBuffers;
import io.iblocksync.testing.FussyChannel;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DirectReaderTest {
  private static final Path PATH = Path.of("image");
  private static final int SIZE = (3 << 20) + 700;

  @TempDir Path folder;
  private final byte[] image = TempImages.bytes(TempImages.random("DirectReaderTest"), SIZE);
  private final FussyChannel channel = new FussyChannel(image);

  private static byte[] read(DirectReader reader, ByteBuffer into, long position)
      throws IOException {
    reader.read(into, position);
    byte[] bytes = new byte[into.position()];
    into.flip().get(bytes);
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({"0, 4096", "0, 3146428", "1, 1", "4095, 2", "8192, 12288", "5000, 1048576", "700, 9"})
  void anyPartIsRead(int start, int length) throws IOException {
    DirectReader reader = DirectReader.over(PATH, channel);
    byte[] expected = Arrays.copyOfRange(image, start, start + length);
    assertArrayEquals(expected, read(reader, ByteBuffer.allocate(length), start));
    assertArrayEquals(expected, read(reader, DirectBuffers.allocate(length), start));
    ByteBuffer misaligned = DirectBuffers.allocate(length + 1).position(1).slice();
    assertArrayEquals(expected, read(reader, misaligned, start));
  }

  @Test
  void whatIsAlignedIsReadAtOnce() throws IOException {
    DirectReader reader = DirectReader.over(PATH, channel);
    int before = channel.reads();
    read(reader, DirectBuffers.allocate(1 << 20), 1 << 20);
    assertEquals(1, channel.reads() - before);
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 4097, 5000, 70_000, 1_000_000})
  void aShortReadIsNotTheEnd(int most) throws IOException {
    DirectReader reader = DirectReader.over(PATH, channel.givingAtMost(most));
    assertArrayEquals(image, read(reader, DirectBuffers.allocate(SIZE), 0));
  }

  @Test
  void whereNothingMoreComesTheReadEnds() throws IOException {
    DirectReader reader = DirectReader.over(PATH, channel.givingAtMost(1000));
    assertArrayEquals(Arrays.copyOf(image, 1000), read(reader, DirectBuffers.allocate(SIZE), 0));
    assertArrayEquals(new byte[0], read(reader, ByteBuffer.allocate(10), 1000));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 512, 4096, 16_384, 65_536, 1 << 20})
  void theAlignmentIsFound(int alignment) throws IOException {
    DirectReader reader = DirectReader.over(PATH, channel.alignedTo(alignment));
    assertNull(reader.problem());
    assertArrayEquals(image, read(reader, DirectBuffers.allocate(SIZE), 0));
  }

  @Test
  void whatRefusesAllHasAProblem() {
    DirectReader reader = DirectReader.over(PATH, channel.failingAt(0, "Invalid argument"));
    assertEquals("Invalid argument", reader.problem());
  }

  @Test
  void anErrorSaysWhichPageCannotBeRead() throws IOException {
    DirectReader reader =
        DirectReader.over(PATH, channel.failingAt(2_000_000, "Input/output error"));
    ByteBuffer into = DirectBuffers.allocate(SIZE);
    assertThrows(IOException.class, () -> reader.read(into, 0));
    assertEquals(2_000_000 / 4096 * 4096, into.position());
  }

  @Test
  void whatIsNoErrorOfTheMediumIsReportedAtOnce() throws IOException {
    DirectReader reader = DirectReader.over(PATH, channel.failingAt(2_000_000, "Invalid argument"));
    ByteBuffer into = DirectBuffers.allocate(SIZE);
    int before = channel.reads();
    assertThrows(IOException.class, () -> reader.read(into, 0));
    assertEquals(2, channel.reads() - before);
  }

  @Test
  void aFileIsReadPastTheCache() throws IOException {
    DirectReader reader = DirectReader.open(Files.write(folder.resolve("image"), image));
    try (reader) {
      assertNull(reader.problem());
      assertArrayEquals(image, read(reader, ByteBuffer.allocate(SIZE), 0));
    }
  }

  @Test
  void whatCannotBeOpenedHasAProblem() throws IOException {
    try (DirectReader reader = DirectReader.open(folder.resolve("missing"))) {
      assertEquals("No such file or directory", reader.problem());
    }
  }
}
