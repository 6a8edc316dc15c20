package io.iblocksync.receive.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.ImageType;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.LoopDevice;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TargetProbeTest {
  @TempDir Path folder;

  @Test
  void aFileHasItsSize() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[1234]);
    TargetProbe target = TargetProbe.of(path);
    assertEquals(ImageType.FILE, target.type());
    assertEquals(1234, target.size());
    assertEquals(path, target.path());
  }

  @Test
  void aDeviceHasItsSize() throws IOException {
    try (LoopDevice device = LoopDevice.ofSize(folder.resolve("backing"), 3 << 19)) {
      TargetProbe target = TargetProbe.of(device.path());
      assertEquals(ImageType.BLOCK_DEVICE, target.type());
      assertEquals(3 << 19, target.size());
    }
  }

  @Test
  void aMissingFileHasSizeZeroAndStaysMissing() throws IOException {
    Path path = folder.resolve("image");
    TargetProbe target = TargetProbe.of(path);
    assertEquals(ImageType.MISSING, target.type());
    assertEquals(0, target.size());
    assertFalse(Files.exists(path));
  }

  @Test
  void aRelativePathIsLookedForInTheCurrentDirectory() throws IOException {
    assertEquals(ImageType.MISSING, TargetProbe.of(Path.of("no-such-image")).type());
  }

  @Test
  void aMissingDirectoryIsRefused() {
    assertRefused(folder.resolve("no/image"), noDirectory(folder.resolve("no")), 2);
  }

  @Test
  void aLinkIntoAMissingDirectoryIsRefused() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("no/image"));
    assertRefused(link, noDirectory(folder.resolve("no")), 2);
  }

  private static String noDirectory(Path missing) {
    return "No such file or directory (the directory "
        + missing
        + " does not exist: create it, or mount the file system that has it)";
  }

  @Test
  void aFileInThePlaceOfTheDirectoryIsRefused() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertRefused(file.resolve("image"), "Not a directory", 20);
  }

  @Test
  void aDirectoryIsRefused() {
    String example = folder.resolve("disk.img").toString();
    assertRefused(folder, "Is a directory (give a file in it, such as " + example + ")", 21);
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aNamedPipeIsRefused() throws IOException {
    Path fifo = folder.resolve("fifo");
    Commands.run("mkfifo", fifo.toString());
    assertRefused(fifo, "Is a named pipe, not a file or a block device", 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/dev", "/dev/pts", "/dev/shm/..", "/dev/../dev", "/proc", "/sys"})
  void aMissingFileIsNotToBeCreatedWhereTheSystemKeepsItsOwn(String where) {
    Path path = Path.of(where, name());
    String top = where.substring(0, where.startsWith("/proc") ? 5 : 4);
    assertRefused(path, "No such file or directory (and no image is created below " + top + ")", 2);
    assertFalse(Files.exists(path));
  }

  @Test
  void aLinkIntoNowhereBelowDevIsRefused() throws IOException {
    Path first = Files.createSymbolicLink(folder.resolve("first"), Path.of("/dev/pts", name()));
    Path second = Files.createSymbolicLink(folder.resolve("second"), first.getFileName());
    String reason = "No such file or directory (and no image is created below /dev)";
    assertRefused(second, reason, 2);
  }

  @Test
  void aDirectoryThatIsALinkToDevIsRefused() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/dev/pts"));
    String reason = "No such file or directory (and no image is created below /dev)";
    assertRefused(link.resolve(name()), reason, 2);
    Files.delete(link);
  }

  @Test
  void aRelativeWayToDevIsRefused() {
    Path up = Path.of("").toAbsolutePath().relativize(Path.of("/dev/pts"));
    String reason = "No such file or directory (and no image is created below /dev)";
    assertRefused(up.resolve(name()), reason, 2);
  }

  @Test
  void sharedMemoryIsAFileSystemLikeOthers() throws IOException {
    assertEquals(ImageType.MISSING, TargetProbe.of(Path.of("/dev/shm", name())).type());
  }

  @Test
  void theSystemsFileSystemsAreKnownWhereverTheyAreMounted() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Commands.need("devtmpfs", "mount", "-t", "devtmpfs", "none", elsewhere.toString());
    try {
      String reason =
          "No such file or directory (and no image is created in a file system of type devtmpfs)";
      assertRefused(elsewhere.resolve(name()), reason, 2);
    } finally {
      Commands.run("umount", elsewhere.toString());
    }
  }

  @Test
  void aFileOfTheSystemsOwnIsRefused() throws IOException {
    assertRefused(Path.of("/proc/self/mem"), "is a file below /proc, where no image can be", 0);
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/proc/version"));
    assertRefused(link, "is a file below /proc, where no image can be", 0);
  }

  @Test
  void aSocketIsRefused() throws IOException {
    Path path = folder.resolve("socket");
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(path));
      assertRefused(path, "Is a socket, not a file or a block device", 0);
    }
  }

  @Test
  void aCharacterDeviceIsRefused() {
    assertRefused(Path.of("/dev/null"), "Is a character device, not a file or a block device", 0);
  }

  @Test
  void aDirectoryThatOnlyBeginsLikeDevIsFine() throws IOException {
    Path dev = Files.createDirectory(folder.resolve("dev"));
    assertEquals(ImageType.MISSING, TargetProbe.of(dev.resolve("image")).type());
  }

  @Test
  void aLinkIntoNowhereStaysOne() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("image"));
    assertEquals(ImageType.MISSING, TargetProbe.of(link).type());
    assertFalse(Files.exists(folder.resolve("image"), LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void aLinkToItselfIsRefused() throws IOException {
    Path link = folder.resolve("link");
    assertRefused(Files.createSymbolicLink(link, link), "Too many levels of symbolic links", 40);
  }

  private static String name() {
    return "iblocksync-test-" + UUID.randomUUID();
  }

  private static void assertRefused(Path path, String reason, int errno) {
    ImageException e = assertThrows(ImageException.class, () -> TargetProbe.of(path));
    assertEquals(reason, e.reason());
    assertEquals(errno, e.errno());
    assertTrue(e.getMessage().startsWith(path + ": "), e.getMessage());
  }
}
