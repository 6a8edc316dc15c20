package io.iblocksync.cli;

import static io.iblocksync.cli.it.Images.assertEqual;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.LoopFileSystem;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a target takes up on its disk, on real file systems and devices. */
@Timeout(120)
class SparseIT {
  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;
  private static final int SIZE = 40 * MIB + 12_345;

  /** A few blocks of a file system, for what it keeps about a file. */
  private static final long SLACK = 64 * KIB;

  @TempDir Path folder;
  private final Random random = TempImages.random("SparseIT");
  private Images images;

  @BeforeEach
  void makeImages() {
    images = new Images(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "tmpfs", "xfs", "btrfs"})
  void aTargetIsAsSparseAsItsSource(String type) throws Exception {
    try (LoopFileSystem system = LoopFileSystem.of(type, folder)) {
      Path source = sparse(system.folder().resolve("source"));
      for (String blockSize : new String[] {"1M", "4K"}) {
        Path target = system.folder().resolve("target-" + blockSize);
        Program.iblocksync("-b", blockSize, source, target).run().succeeded();
        assertEqual(source, target);
        assertAsSparse(source, target);
      }
      Path target = dense(system.folder().resolve("dense"), SIZE);
      Program.iblocksync("--sparse", source, target).run().succeeded();
      assertEqual(source, target);
      assertAsSparse(source, target);
    }
  }

  @Test
  void aFileSystemThatKnowsNoHolesGetsZeros() throws Exception {
    try (LoopFileSystem system = LoopFileSystem.of("ramfs", folder)) {
      Path source = sparse(system.folder().resolve("source"));
      Path target = dense(system.folder().resolve("target"), SIZE);
      Result result = Program.iblocksync("--sparse", source, target).run().ended(0);
      assertTrue(
          result.errors().contains("no holes can be made for --sparse, zeros are written"),
          result.description());
      assertEqual(source, target);
    }
  }

  @Tag("smoke")
  @ParameterizedTest
  @ValueSource(ints = {3001, 4096, MIB})
  void aBlockWhoseLastByteIsNotZeroIsNoHole(int blockSize) throws Exception {
    Path source = images.zeros("source", 6L * blockSize);
    Path target = dense(images.path("target"), 6 * blockSize);
    for (int block = 1; block < 6; block += 2) {
      write(source, (block + 1L) * blockSize - 1, new byte[] {1});
    }
    Program.iblocksync("-b", blockSize, "--sparse", source, target).run().succeeded().counted(6, 6);
    assertEqual(source, target);
    Path copy = images.path("copy");
    Program.iblocksync("-b", blockSize, source, copy).run().succeeded().counted(6, 6);
    assertEqual(source, copy);
  }

  @Test
  void aFileSystemThatIsFullAfterHolesWereMadeIsTheError() throws Exception {
    Path source = dense(images.path("source"), 12 * MIB);
    write(source, MIB, new byte[2 * MIB]);
    Path target = dense(images.path("target"), 4 * MIB);
    // Others take the space meanwhile: what is known to be too little is refused beforehand.
    Program.iblocksync("-f", "--sparse", source, target)
        .injecting("pwrite64:error=ENOSPC:when=4+", target)
        .run()
        .failed("No space left on device");
  }

  @Test
  void aSourceThatIsWrittenToMeanwhileDoesNoHarm() throws Exception {
    Path source = images.zeros("source", 256 * MIB);
    Path target = images.path("target");
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer = new Thread(() -> writeUntil(stop, source));
    writer.start();
    try {
      for (int i = 0; i < 3; i++) {
        Program.iblocksync("-b", "64K", "--sparse", source, target).run().ended(0);
      }
    } finally {
      stop.set(true);
      writer.join();
    }
    Program.iblocksync("-b", "64K", "--sparse", source, target).run().ended(0);
    assertEqual(source, target);
    assertAsSparse(source, target);
  }

  @Test
  void aDiscardedDeviceTakesNoRoom() throws Exception {
    Path backing = dense(images.path("backing"), 48 * MIB);
    Path source = sparse(images.path("source"));
    try (LoopDevice device = LoopDevice.over(backing)) {
      Program.iblocksync("-f", "--discard", source, device.path()).run().forced();
    }
    assertEqual(padded(source, 48 * MIB), backing);
    // Only whole blocks of zeros are discarded.
    assertTrue(allocated(backing) < 16 * MIB, allocated(backing) + " bytes");
  }

  @Test
  void aDeviceThatCannotDiscardGetsZeros() throws Exception {
    try (LoopFileSystem system = LoopFileSystem.of("ramfs", folder)) {
      Path backing = dense(system.folder().resolve("backing"), 48 * MIB);
      Path source = sparse(images.path("source"));
      try (LoopDevice device = LoopDevice.over(backing)) {
        Result result = Program.iblocksync("-f", "--discard", source, device.path()).run().ended(0);
        assertTrue(
            result.errors().contains("nothing can be discarded, zeros are written"),
            result.description());
      }
      assertEqual(padded(source, 48 * MIB), backing);
    }
  }

  @Test
  void manyZerosOnADeviceAreMadeByTheDevice() throws Exception {
    Path backing = dense(images.path("backing"), 80 * MIB);
    Path source = images.zeros("source", 80 * MIB);
    write(source, 80 * MIB - 1, new byte[] {1});
    try (LoopDevice device = LoopDevice.over(backing)) {
      Program.iblocksync(source, device.path()).run().succeeded().counted(80, 80);
    }
    assertEqual(source, backing);
  }

  @Test
  void anOptionThatDoesNotFitTheTargetIsTold() throws Exception {
    Path source = dense(images.path("source"), MIB);
    Result file = Program.iblocksync("--discard", source, images.path("target")).run().ended(0);
    assertTrue(file.errors().contains("is a file: --discard is for devices"), file.description());
    try (LoopDevice device = LoopDevice.ofSize(images.path("backing"), MIB)) {
      Result result = Program.iblocksync("--sparse", source, device.path()).run().ended(0);
      assertTrue(result.errors().contains("is a device: --sparse is for files"), result.errors());
    }
  }

  /** Holes at the start and the end, over the edges of blocks, smaller than a block. */
  private Path sparse(Path image) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(SIZE);
    }
    write(image, MIB + 12 * KIB, bytes(300 * KIB));
    for (int i = 0; i < 40; i++) {
      write(image, 4 * MIB + i * 8 * KIB, bytes(4 * KIB));
    }
    write(image, 6 * MIB - 100 * KIB, bytes(200 * KIB));
    write(image, 9 * MIB - 1, new byte[] {1});
    write(image, 12 * MIB, bytes(2 * MIB));
    write(image, 20 * MIB + 5, bytes(70 * KIB));
    Commands.run("sync", "-f", image.toString());
    assertTrue(allocated(image) < SIZE / 4);
    return image;
  }

  private Path dense(Path image, int size) throws IOException {
    return Files.write(image, bytes(size));
  }

  /** The same with zeros behind it, as a larger device has them. */
  private Path padded(Path image, long size) throws IOException {
    Path padded = Files.copy(image, images.path("padded"));
    try (RandomAccessFile file = new RandomAccessFile(padded.toFile(), "rw")) {
      file.setLength(size);
    }
    return padded;
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static void write(Path image, long at, byte[] bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.seek(at);
      file.write(bytes);
    }
  }

  private static void writeUntil(AtomicBoolean stop, Path image) {
    Random places = new Random(1);
    // Not endlessly: the image must stay small.
    for (int i = 0; i < 500 && !stop.get(); i++) {
      try {
        write(image, places.nextInt(64 * KIB) * 4L * KIB, new byte[] {1, 2, 3});
        Thread.sleep(5);
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void assertAsSparse(Path source, Path target) throws IOException {
    Commands.run("sync", "-f", target.toString());
    long most = allocated(source) + SLACK;
    assertTrue(
        allocated(target) <= most,
        () -> target + " takes more than the source: see du -k, expected at most " + most);
    assertEquals(Files.size(source), Files.size(target));
  }

  /** What a file takes on its disk. */
  private static long allocated(Path file) throws IOException {
    return 512 * Long.parseLong(Commands.run("stat", "-c", "%b", file.toString()));
  }
}
