package io.iblocksync.cli;

import static io.iblocksync.cli.it.Images.assertEqual;
import static io.iblocksync.cli.it.Images.differing;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The main job, on files of this machine: afterwards the target equals the source. */
@Timeout(60)
class SyncIT {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;
  private Images images;

  @BeforeEach
  void makeImages() {
    images = new Images(folder);
  }

  @Tag("smoke")
  @Test
  void aMissingTargetBecomesACopyAndTheSecondRunTransmitsNothing() throws IOException {
    Path source = images.random("source.img", 5 * MIB + 12_345);
    Path target = images.path("target.img");
    Program.iblocksync(source, target).run().succeeded().counted(6, 6);
    assertEqual(source, target);
    Program.iblocksync(source, target).run().succeeded().counted(6, 0);
    assertEqual(source, target);
  }

  @Tag("smoke")
  @Test
  void onlyTheBlocksThatDifferAreTransmitted() throws IOException {
    Path source = images.random("source.img", 2_000 * 4096 + 77);
    Path target = images.copy(source, "target.img");
    images.change(target, 4096, 0, 1, 2, 500, 1998, 1999, 2000);
    Program.iblocksync("-b", "4K", source, target).run().succeeded().counted(2001, 7);
    assertEqual(source, target);
  }

  @Tag("smoke")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "adler32",
        "crc32",
        "md5",
        "sha1",
        "sha224",
        "sha256",
        "sha384",
        "sha512",
        "sha3_224",
        "sha3_256",
        "sha3_384",
        "sha3_512",
        "xxh128"
      })
  void everyAlgorithmFindsWhatDiffers(String algorithm) throws IOException {
    Path source = images.random("source.img", 50 * 4096 + 1);
    Path target = images.copy(source, "target.img");
    images.change(target, 4096, 3, 17, 49, 50);
    Result result =
        Program.iblocksync("-a", algorithm, "-b4K", source, target)
            // With both endpoints in one process the bytes would decide.
            .with("IBLOCKSYNC_SOURCE_EXEC", Repository.script("iblocksync-serve"))
            .run();
    // One warning with a checksum.
    boolean weak = algorithm.endsWith("32");
    (weak ? result.forced() : result.succeeded()).counted(51, 4);
    assertEquals(weak, result.errors().contains(algorithm + " is a checksum of about "));
    assertEqual(source, target);
  }

  @Test
  void bytesAreComparedOnOneMachineSoThatNoChecksumIsWarnedOf() throws IOException {
    Path source = images.random("source.img", 50 * 4096 + 1);
    Path target = images.copy(source, "target.img");
    images.change(target, 4096, 3, 17, 49, 50);
    Program.iblocksync("-a", "crc32", "-b4K", source, target).run().succeeded().counted(51, 4);
    assertEqual(source, target);
  }

  /** Also beside holes that one side alone has, and in a last block that is shorter on one side. */
  @Test
  void blocksWithTheSameChecksumAreToldApartOnOneMachine() throws IOException {
    byte[] bytes = Files.readAllBytes(images.random("random", 9 * MIB + 200));
    // Enough zeros to be asked for holes, and a hole in the middle of what is read at once.
    int hole = 4 * MIB + 100 * 4096;
    Arrays.fill(bytes, 0, 2 * MIB, (byte) 0);
    Arrays.fill(bytes, hole, hole + 96 * 4096, (byte) 0);
    Path source = images.path("source.img");
    try (RandomAccessFile file = new RandomAccessFile(source.toFile(), "rw")) {
      file.seek(2 * MIB);
      file.write(bytes, 2 * MIB, hole - 2 * MIB);
      file.seek(hole + 96 * 4096);
      file.write(bytes, hole + 96 * 4096, bytes.length - hole - 96 * 4096);
    }
    for (int at : new int[] {hole - 8192, hole + 100 * 4096, 9 * MIB - 8192}) {
      bytes[at] = (byte) Math.min(bytes[at] & 0xff, 254);
      bytes[at + 1] = (byte) Math.max(bytes[at + 1] & 0xff, 2);
      bytes[at + 2] = (byte) Math.min(bytes[at + 2] & 0xff, 254);
      write(source, bytes, at);
      // Neither the sum of the bytes nor that of the sums changes.
      bytes[at]++;
      bytes[at + 1] -= 2;
      bytes[at + 2]++;
    }
    Path target = images.path("target.img");
    Files.write(target, Arrays.copyOf(bytes, bytes.length - 100));
    Program.iblocksync("-f", "-a", "adler32", "-b", "4K", source, target)
        .run()
        .forced()
        .counted(9 * MIB / 4096 + 1, 4);
    assertEqual(source, target);
  }

  private static void write(Path image, byte[] bytes, int at) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.seek(at);
      file.write(bytes, at, 3);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "512, 512",
    "1000, 1000",
    "'4K', 4096",
    "'64kB', 64000",
    "'1.5M', 1572864",
    "'16M', 16777216"
  })
  void everyBlockSizeSyncsASourceThatHasGrown(String option, int blockSize) throws IOException {
    int size = Math.min(3 * blockSize + blockSize / 3, 20 * MIB);
    Path source = images.random("source.img", size);
    Path target = images.path("target.img");
    Files.write(target, head(source, size - blockSize / 2));
    images.change(target, blockSize, 0);
    int differing = differing(source, target, blockSize);
    int blocks = (size + blockSize - 1) / blockSize;
    Program.iblocksync("-f", "--block=" + option, source, target)
        .run()
        .forced()
        .counted(blocks, differing);
    assertEqual(source, target);
    Program.iblocksync("-b", option, source, target).run().succeeded().counted(blocks, 0);
  }

  @ParameterizedTest
  @CsvSource({
    // source, target: neither, one, the other or both end with a whole block
    "1, 2",
    "2, 1",
    "4096, 8192",
    "8192, 4096",
    "8192, 4095",
    "8191, 4096",
    "4097, 8193",
    "8193, 4097",
    "12288, 1",
    "1, 12288",
    "500000, 499999",
    "499999, 500000",
    "700000, 300000"
  })
  void imagesOfAnyTwoSizesSync(int sourceSize, int targetSize) throws IOException {
    Path source = images.random("source.img", sourceSize);
    Path target = images.random("target.img", targetSize);
    int differing = differing(source, target, 4096);
    Program.iblocksync("-f", "-b", "4096", source, target)
        .run()
        .forced()
        .counted((sourceSize + 4095) / 4096, differing);
    assertEqual(source, target);
  }

  @Test
  void anImageOfOneByteSyncs() throws IOException {
    Path source = images.random("source.img", 1);
    Path target = images.path("target.img");
    Program.iblocksync(source, target).run().succeeded().counted(1, 1);
    assertEqual(source, target);
    Files.write(target, new byte[] {(byte) (Files.readAllBytes(source)[0] + 1)});
    Program.iblocksync(source, target).run().succeeded().counted(1, 1);
    assertEqual(source, target);
  }

  @Test
  void anEmptySourceMakesAnEmptyTarget() throws IOException {
    Path source = images.random("source.img", 0);
    Path target = images.path("target.img");
    Program.iblocksync(source, target).run().succeeded().counted(0, 0);
    assertTrue(Files.exists(target));
    assertEquals(0, Files.size(target));
    Program.iblocksync(source, target).run().succeeded().counted(0, 0);
  }

  @Test
  void anEmptyTargetIsFilledWithoutAQuestion() throws IOException {
    Path source = images.random("source.img", 3 * MIB - 1);
    Path target = images.random("target.img", 0);
    Program.iblocksync(source, target).run().succeeded().counted(3, 3);
    assertEqual(source, target);
  }

  @Test
  void anEmptySourceIsRefusedForATargetThatHasData() throws IOException {
    Path source = images.random("source.img", 0);
    Path target = images.random("target.img", 5000);
    Path before = images.copy(target, "before.img");
    Program.iblocksync("--force", source, target)
        .run()
        .failed("the source image is empty", "5000 bytes", "--force-empty")
        .saidNothingElse();
    assertEqual(before, target);
    Program.iblocksync("--force-empty", source, target).run().forced().counted(0, 0);
    assertEquals(0, Files.size(target));
  }

  @Test
  void zerosInTheSourceReplaceDataInTheTarget() throws IOException {
    Path source = images.zeros("source.img", 40 * MIB + 5);
    Path target = images.zeros("target.img", 40 * MIB + 5);
    images.change(target, MIB, 0, 7, 8, 9, 40);
    Program.iblocksync(source, target).run().succeeded().counted(41, 5);
    assertEqual(source, target);
  }

  @Test
  void aTargetThatIsASymbolicLinkStaysOne() throws IOException {
    Path source = images.random("source.img", 10_000);
    Path target = images.random("target.img", 10_000);
    Path link = Files.createSymbolicLink(images.path("link.img"), Path.of("target.img"));
    Program.iblocksync(source, link).run().succeeded();
    assertTrue(Files.isSymbolicLink(link));
    assertEqual(source, target);
  }

  @Test
  void aNewTargetCanBeReadByItsOwnerAloneWhateverTheUmask() throws IOException {
    Path source = images.random("source.img", 10);
    Path target = images.path("target.img");
    Program.iblocksync(source, target).before("sh", "-c", "umask 0; exec \"$@\"", "sh").run();
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
  }

  @Test
  void aTargetOnAnotherPathToTheSourceIsLeftAsItIs() throws IOException {
    Path source = images.random("source.img", 100_000);
    Path before = images.copy(source, "before.img");
    Result result = Program.iblocksync(source, source).run();
    assertTrue(result.status() == 0 || result.status() == 1, result.description());
    assertEqual(before, source);
  }

  @Test
  void relativePathsAreThoseOfTheWorkingFolder() throws IOException {
    Path source = images.random("source.img", 9_999);
    Path inner = Files.createDirectory(images.path("inner"));
    Program.iblocksync("../source.img", "./target.img").in(inner).run().succeeded();
    assertEqual(source, inner.resolve("target.img"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a blank.img", "it's.img", "\"quoted\".img", "$HOME.img", "a;b.img", "*.img", "two\nlines",
        "bäckup – ☃.img", "./with:colon", "./-dash", "./~tilde", "back\\slash", "%41.img", "#1?x=y"
      })
  void namesOfLocalFilesAreTakenAsTheyAre(String name) throws IOException {
    Path source = images.random("source.img", 4_000);
    Path first = Files.createDirectory(images.path("first"));
    Path second = Files.createDirectory(images.path("second"));
    Files.move(source, first.resolve(name));
    Program.iblocksync(name, "../second/" + name).in(first).run().succeeded();
    assertEqual(first.resolve(name), second.resolve(name));
  }

  @Test
  void fileUrlsHomesAndOptionsAfterArgumentsAreUnderstood() throws IOException {
    Path source = images.random("source.img", 4_000);
    Program.iblocksync("file://" + source, "~/target.img", "--force", "-b", "512")
        .with("HOME", folder)
        .run()
        .succeeded();
    assertEqual(source, images.path("target.img"));
    Files.move(source, images.path("-dashed.img"));
    Program.iblocksync("-f", "--", "-dashed.img", "copy.img").in(folder).run().succeeded();
    assertEqual(images.path("-dashed.img"), images.path("copy.img"));
  }

  private static byte[] head(Path image, int size) throws IOException {
    return Arrays.copyOf(Files.readAllBytes(image), size);
  }
}
