package io.iblocksync.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.Commands;
import io.iblocksync.testing.JavaProcess;
import io.iblocksync.testing.LoopDevice;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ImageTypeTest {
  @TempDir Path folder;

  @Test
  void aFileIsAFile() throws IOException {
    assertEquals(ImageType.FILE, ImageType.of(Files.createFile(folder.resolve("image"))));
  }

  @Test
  void aLoopDeviceIsABlockDevice() throws IOException {
    try (LoopDevice device = LoopDevice.ofSize(folder.resolve("backing"), 1 << 20)) {
      assertEquals(ImageType.BLOCK_DEVICE, ImageType.of(device.path()));
    }
  }

  @Test
  void nothingIsMissing() throws IOException {
    assertEquals(ImageType.MISSING, ImageType.of(folder.resolve("image")));
  }

  @Test
  void aFileInAMissingDirectoryIsMissing() throws IOException {
    assertEquals(ImageType.MISSING, ImageType.of(folder.resolve("no/image")));
  }

  @Test
  void symbolicLinksAreFollowed() throws IOException {
    Path file = Files.createFile(folder.resolve("image"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    Path second = Files.createSymbolicLink(folder.resolve("second"), link.getFileName());
    assertEquals(ImageType.FILE, ImageType.of(second));
  }

  @Test
  void aLinkIntoNowhereIsMissing() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere"));
    assertEquals(ImageType.MISSING, ImageType.of(link));
  }

  @Test
  void aLinkToItselfIsRefused() throws IOException {
    Path link = folder.resolve("link");
    assertRefused(Files.createSymbolicLink(link, link), "Too many levels of symbolic links", 40);
  }

  @Test
  void aDirectoryIsRefused() {
    assertRefused(folder, "Is a directory", 21);
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aNamedPipeIsRefusedWithoutWaitingForItsOtherEnd() throws IOException {
    Path fifo = folder.resolve("fifo");
    Commands.run("mkfifo", fifo.toString());
    assertRefused(fifo, "Is a named pipe, not a file or a block device", 0);
  }

  @Test
  void aSocketIsRefused() throws IOException {
    Path socket = folder.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      assertRefused(socket, "Is a socket, not a file or a block device", 0);
    }
  }

  @Test
  void aCharacterDeviceIsRefused() {
    assertRefused(Path.of("/dev/null"), "Is a character device, not a file or a block device", 0);
  }

  @Test
  void aTerminalIsRefused() {
    assertRefused(Path.of("/dev/tty"), "Is a terminal, not a file or a block device", 0);
  }

  @Test
  void aFileInThePlaceOfADirectoryIsRefused() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertRefused(file.resolve("image"), "Not a directory", 20);
  }

  @Test
  void aDirectoryThatMayNotBeSearchedIsRefused() throws IOException {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    Path image = Files.createFile(locked.resolve("image"));
    Files.setPosixFilePermissions(locked, Set.of());
    try {
      String output =
          JavaProcess.runUnprivileged(List.of(PrintType.class, ImageType.class), image.toString());
      assertEquals(image + ": Permission denied 13", output);
    } finally {
      Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwx------"));
    }
  }

  /** Prints the type of an image or why it has none. */
  static final class PrintType {
    public static void main(String[] arguments) {
      try {
        System.out.println(ImageType.of(Path.of(arguments[0])));
      } catch (ImageException e) {
        System.out.println(e.getMessage() + " " + e.errno());
      }
    }
  }

  private static void assertRefused(Path path, String reason, int errno) {
    ImageException e = assertThrows(ImageException.class, () -> ImageType.of(path));
    assertEquals(reason, e.reason());
    assertEquals(errno, e.errno());
    assertTrue(e.getMessage().startsWith(path + ": "), e.getMessage());
  }
}
