package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.LoopFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class VerifyIT {
  private static final int SIZE = 2 << 20;
  private static final String MARK = "the mark of VerifyIT";

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
    Arrays.fill(image, 100_000, 1_500_000, (byte) 0);
    Files.write(source, image);
    Path target = images.random("target.img", 777_777);
    assertVerified(Program.iblocksync("--verify", "-f", "-b", "4K", source, target).run());
    assertArrayEquals(image, Files.readAllBytes(target));
  }

  @Test
  void whatVerifyingHasFoundTheNextRunMends() throws IOException {
    Path markedSource = images.path("marked.img");
    Files.write(markedSource, compressible());
    try (LoopFileSystem system = LoopFileSystem.of("ext4", folder)) {
      Path target = system.folder().resolve("target.img");
      Program.iblocksync(markedSource, target).run().succeeded();
      Images.assertEqual(markedSource, target);
      spoil(system.medium());
      Program.iblocksync("--verify", "-b", "4K", markedSource, target).run().ended(1);
      Program.iblocksync("-b", "4K", markedSource, target).run().succeeded().counted(512, 1);
      Images.assertEqual(markedSource, target);
    }
  }

  @Tag("smoke")
  @ParameterizedTest
  @CsvSource({
    "ext4, defaults, 'read again from its disk, is not equal'",
    "ext4, data=journal, 'read again from its disk, is not equal'",
    "xfs, defaults, 'read again from its disk, is not equal'",
    "btrfs, nodatasum, 'read again from its disk, is not equal'",
    "btrfs, defaults, 'Input/output error (at byte '",
    "btrfs, compress-force=zstd, 'Input/output error (at byte '"
  })
  void whatOnlyTheMediumOfAFileHasIsSeen(String type, String options, String error)
      throws IOException {
    Path markedSource = images.path("marked.img");
    Files.write(markedSource, compressible());
    try (LoopFileSystem system = LoopFileSystem.of(type, options, folder)) {
      Path target = system.folder().resolve("target.img");
      assertVerified(Program.iblocksync("--verify", markedSource, target).run().succeeded());
      // In the cache again, from a medium that is still right.
      Images.assertEqual(markedSource, target);
      spoil(system.medium());
      Images.assertEqual(markedSource, target);
      Program.iblocksync("--verify", markedSource, target)
          .run()
          .failed("iblocksync-receive: error: ", error)
          .saidNothingElse();
    }
  }

  /** Half of each page is zeros, and the mark stands somewhere, also in what zstd makes of it. */
  private byte[] compressible() throws IOException {
    byte[] image = Files.readAllBytes(source);
    for (int page = 0; page < SIZE; page += 4096) {
      Arrays.fill(image, page + 2048, page + 4096, (byte) 0);
    }
    byte[] mark = MARK.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(mark, 0, image, 300 * 4096 + 1000, mark.length);
    return image;
  }

  /** Changes a byte of the mark wherever it stands: in its place, in a journal. */
  private static void spoil(Path medium) throws IOException {
    String found = Commands.run("grep", "--byte-offset", "-oaF", MARK, medium.toString());
    try (FileChannel channel = FileChannel.open(medium, StandardOpenOption.WRITE)) {
      for (String line : found.split("\n")) {
        long offset = Long.parseLong(line.substring(0, line.indexOf(':')));
        channel.write(ByteBuffer.wrap(new byte[] {'X'}), offset);
      }
      channel.force(true);
    }
  }

  /** Such a device reads its file through the cache, even when it is asked for direct reads. */
  @Test
  void whatOnlyTheMediumOfALoopDevicesFileHasIsSeen() throws IOException {
    Path markedSource = images.path("marked.img");
    Files.write(markedSource, compressible());
    try (LoopFileSystem system = LoopFileSystem.of("ext4", folder)) {
      Path file = Files.write(system.folder().resolve("disk.img"), new byte[SIZE]);
      try (LoopDevice device = LoopDevice.over(file)) {
        Program.iblocksync("--verify", markedSource, device.path()).run().succeeded();
        Images.assertEqual(markedSource, file);
        spoil(system.medium());
        Images.assertEqual(markedSource, file);
        Program.iblocksync("--verify", markedSource, device.path())
            .run()
            .failed("read again from its disk, is not equal")
            .saidNothingElse();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ramfs"})
  void aWarningSaysThatMemoryIsTheDisk(String type) throws IOException {
    try (LoopFileSystem system = LoopFileSystem.of(type, folder)) {
      Path target = system.folder().resolve("target.img");
      Result result = Program.iblocksync("--verify", source, target).run();
      assertVerified(result);
      String warning =
          target
              + ": what is verified may come from the page cache, not from the disk: "
              + SIZE
              + " bytes of it stay in the page cache\n";
      assertTrue(result.errors().endsWith(warning), result.description());
    }
  }

  /** Makes a root of its own of the folder $1, shows what is named after it there too, and runs. */
  private static final String CHROOT =
      """
      root=$1
      shift
      while [ "$1" != -- ]; do
        if [ -L "$1" ]; then
          cp -P "$1" "$root$1"
        elif [ -d "$1" ]; then
          mkdir -p "$root$1" && mount --rbind "$1" "$root$1" || exit 99
        fi
        shift
      done
      shift
      exec chroot "$root" "$@"
      """;

  /** The JDK looks in vain for the mount point of what lies there. */
  @Test
  void aTargetInAChrootWhoseRootIsNoMountPointIsVerified() throws IOException {
    Commands.need("mount namespace", "unshare", "--mount", "true");
    Path root = Files.createDirectory(folder.resolve("root"));
    Files.move(source, root.resolve("source.img"));
    Program program =
        Program.shell(
                CHROOT,
                root,
                "/usr",
                "/bin",
                "/sbin",
                "/lib",
                "/lib64",
                "/etc",
                "/dev",
                "/proc",
                Repository.script("iblocksync").getParent().getParent(),
                Repository.javaHome(),
                "--",
                Repository.script("iblocksync"),
                "--verify",
                "/source.img",
                "/target.img")
            .before("unshare", "--mount");
    Result result = program.run();
    assertVerified(result.succeeded());
    Images.assertEqual(root.resolve("source.img"), root.resolve("target.img"));
  }
}
