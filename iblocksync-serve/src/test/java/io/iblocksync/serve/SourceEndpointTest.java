package io.iblocksync.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.iblocksync.linux.ImageException;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.LoopDevice;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be a source, and what cannot. */
@Timeout(30)
class SourceEndpointTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "/proc/version, proc", // says 0 bytes
    "/sys/kernel/mm/transparent_hugepage/enabled, sysfs", // says 4096 bytes
    "/proc/kmsg, proc", // to read it would wait for the next message
    "/proc/self/maps, proc"
  })
  void aFileOfTheKernelIsNoSource(Path path, String type) {
    String text = path + ": is a file in a file system of type " + type + ", where no image can be";
    assertEquals(text, refusal(path));
  }

  @Test
  void aFileThatIsOpenAsADescriptorIsASource() throws IOException {
    Path image = Files.write(folder.resolve("image"), new byte[1000]);
    try (FileChannel channel = FileChannel.open(image)) {
      assertEquals(1000, channel.size());
      assertEquals(1000, probe(descriptor(image)));
    }
  }

  private static Path descriptor(Path image) throws IOException {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors) {
        if (Files.exists(descriptor) && Files.isSameFile(descriptor, image)) {
          return descriptor;
        }
      }
    }
    throw new AssertionError("not open: " + image);
  }

  @Test
  void anEmptyFileIsASource() throws IOException {
    assertEquals(0, probe(Files.createFile(folder.resolve("empty"))));
  }

  @Test
  void aDeviceWithoutDataIsNoSource() throws IOException {
    try (LoopDevice device = LoopDevice.ofSize(folder.resolve("backing"), 1 << 20)) {
      Commands.run("truncate", "-s", "0", folder.resolve("backing").toString());
      Commands.run("losetup", "--set-capacity", device.path().toString());
      assertEquals(
          device.path() + ": is a device of 0 bytes, as one to which no file or medium is attached",
          refusal(device.path()));
    }
  }

  private static String refusal(Path path) {
    return assertThrows(ImageException.class, () -> probe(path)).getMessage();
  }

  private static long probe(Path path) throws IOException {
    try (SourceEndpoint source = new SourceEndpoint()) {
      return source.probe(path);
    }
  }
}
