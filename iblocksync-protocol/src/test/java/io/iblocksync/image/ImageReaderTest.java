package io.iblocksync.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.linux.ImageException;
import io.iblocksync.program.Log;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.FussyChannel;
import io.iblocksync.testing.JavaProcess;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ImageReaderTest {
  @TempDir Path folder;

  @Test
  void aFileIsReadAtAnyPlace() throws IOException {
    Path image = folder.resolve("image");
    byte[] bytes = TempImages.write(image, TempImages.random("aFileIsReadAtAnyPlace"), 10_000);
    try (ImageReader reader = ImageReader.open(image)) {
      assertEquals(10_000, reader.size());
      assertEquals(image, reader.path());
      assertArrayEquals(Arrays.copyOfRange(bytes, 3000, 7000), read(reader, 3000, 4000));
      assertArrayEquals(Arrays.copyOfRange(bytes, 9999, 10_000), read(reader, 9999, 1));
      assertArrayEquals(Arrays.copyOfRange(bytes, 0, 10), read(reader, 0, 10));
    }
  }

  @Test
  void aBlockDeviceHasItsOwnSize() throws IOException {
    Path image = folder.resolve("image");
    Random random = TempImages.random("aBlockDeviceHasItsOwnSize");
    byte[] bytes = TempImages.write(image, random, 3 << 19);
    try (LoopDevice device = LoopDevice.over(image);
        ImageReader reader = ImageReader.open(device.path())) {
      assertEquals(bytes.length, reader.size());
      assertArrayEquals(bytes, read(reader, 0, bytes.length));
    }
  }

  @Test
  void holesAreZeros() throws IOException {
    Path image = folder.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(5L << 32);
    }
    try (ImageReader reader = ImageReader.open(image)) {
      assertEquals(5L << 32, reader.size());
      assertArrayEquals(new byte[4096], read(reader, (5L << 32) - 4096, 4096));
    }
  }

  @Test
  void anEmptyFileHasNothingToRead() throws IOException {
    try (ImageReader reader = ImageReader.open(Files.createFile(folder.resolve("image")))) {
      assertEquals(0, reader.size());
      assertArrayEquals(new byte[0], read(reader, 0, 0));
    }
  }

  @Test
  void onlyWhatRemainsOfTheBufferIsFilled() throws IOException {
    Path image = Files.write(folder.resolve("image"), new byte[] {1, 2, 3, 4});
    ByteBuffer buffer = ByteBuffer.allocateDirect(6).position(2).limit(4);
    try (ImageReader reader = ImageReader.open(image)) {
      reader.read(buffer, 1);
    }
    assertEquals(4, buffer.position());
    byte[] bytes = new byte[6];
    buffer.clear().get(bytes);
    assertArrayEquals(new byte[] {0, 0, 2, 3, 0, 0}, bytes);
  }

  @Test
  void manyThreadsReadAtTheSameTime() throws Exception {
    Path image = folder.resolve("image");
    byte[] bytes =
        TempImages.write(image, TempImages.random("manyThreadsReadAtTheSameTime"), 4 << 20);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (ImageReader reader = ImageReader.open(image)) {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        int position = i * 1999;
        results.add(
            threads.submit(
                () ->
                    Arrays.equals(
                        Arrays.copyOfRange(bytes, position, position + 5000),
                        read(reader, position, 5000))));
      }
      for (Future<Boolean> result : results) {
        assertEquals(true, result.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void whatLiesBeyondTheEndIsRefusedAsTheCallersMistake() throws IOException {
    Path image = Files.write(folder.resolve("image"), new byte[100]);
    try (ImageReader reader = ImageReader.open(image)) {
      assertThrows(IndexOutOfBoundsException.class, () -> read(reader, 90, 11));
      assertThrows(IndexOutOfBoundsException.class, () -> read(reader, -1, 1));
    }
  }

  @Test
  void aFileThatIsCutWhileItIsReadEndsEarly() throws IOException {
    Path image = Files.write(folder.resolve("image"), new byte[100_000]);
    try (ImageReader reader = ImageReader.open(image)) {
      read(reader, 0, 40_000);
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.setLength(50_001);
      }
      ImageException e = assertThrows(ImageException.class, () -> read(reader, 40_000, 40_000));
      assertEquals(
          image + ": ends at byte 50001 although it had 100000 bytes at the start", e.getMessage());
      e = assertThrows(ImageException.class, () -> read(reader, 80_000, 10));
      assertEquals("ends at byte 50001 although it had 100000 bytes at the start", e.reason());
    }
  }

  @Test
  void aFileThatGrowsKeepsTheSizeItHadAtTheStart() throws IOException {
    Path image = Files.write(folder.resolve("image"), new byte[100]);
    try (ImageReader reader = ImageReader.open(image)) {
      Files.write(image, new byte[200]);
      assertEquals(100, reader.size());
    }
  }

  @Test
  void nothingIsPastTheEndOfAnImage() throws IOException {
    Path image = Files.write(folder.resolve("image"), new byte[512]);
    try (LoopDevice device = LoopDevice.over(image);
        ImageReader ofDevice = ImageReader.open(device.path());
        ImageReader ofFile = ImageReader.open(image);
        ImageReader ofEmpty = ImageReader.open(Files.createFile(folder.resolve("empty")))) {
      assertTrue(ofDevice.checkEnd());
      assertTrue(ofFile.checkEnd());
      assertTrue(ofEmpty.checkEnd());
    }
  }

  @Test
  void anImageThatHasGrownIsNoLiar() throws IOException {
    Path image = Files.write(folder.resolve("image"), new byte[100]);
    try (ImageReader reader = ImageReader.open(image)) {
      Files.write(image, new byte[200]);
      assertFalse(reader.checkEnd());
    }
  }

  @Test
  void whatHoldsMoreThanItsSizeSaysIsNoImage() throws IOException {
    try (ImageReader reader = ImageReader.open(Path.of("/proc/version"))) {
      ImageException e = assertThrows(ImageException.class, reader::checkEnd);
      assertEquals("has more bytes than its size says (0), and so cannot be an image", e.reason());
    }
  }

  @Test
  void aReadErrorSaysWhereAndWhat() throws IOException {
    Path backing = folder.resolve("backing");
    try (LoopDevice device = LoopDevice.ofSize(backing, 8 << 20);
        ImageReader reader = ImageReader.open(device.path())) {
      // Past the end of its file a loop device gives the error of a broken disk.
      Commands.run("truncate", "-s", "4M", backing.toString());
      ImageException e = assertThrows(ImageException.class, () -> read(reader, 6 << 20, 4096));
      assertEquals(device.path() + ": Input/output error (at byte 6291456)", e.getMessage());
      assertEquals(5, e.errno());
    }
  }

  @Test
  void aReadErrorInTheMiddleOfABlockSaysItsOwnOffset() throws IOException {
    Path backing = folder.resolve("backing");
    try (LoopDevice device = LoopDevice.ofSize(backing, 8 << 20);
        ImageReader reader = ImageReader.open(device.path())) {
      Commands.run("truncate", "-s", "4M", backing.toString());
      ImageException e = assertThrows(ImageException.class, () -> read(reader, 3 << 20, 2 << 20));
      assertEquals("Input/output error (at byte 4194304)", e.reason());
    }
  }

  @Test
  void aReadErrorOfADeviceThatIsReadPastItsCacheSaysItsOwnOffset() throws IOException {
    Path backing = folder.resolve("backing");
    try (LoopDevice device = LoopDevice.ofSize(backing, 8 << 20);
        ImageReader reader = ImageReader.open(device.path())) {
      reader.begin();
      Commands.run("truncate", "-s", "4M", backing.toString());
      ImageException e = assertThrows(ImageException.class, () -> read(reader, 3 << 20, 2 << 20));
      assertEquals("Input/output error (at byte 4194304)", e.reason());
    }
  }

  @Test
  void aDeviceIsReadAsItIsOnItsMediumFromTheBeginningOn() throws IOException {
    Path backing = folder.resolve("backing");
    try (LoopDevice device = LoopDevice.ofSize(backing, 1 << 20);
        ImageReader reader = ImageReader.open(device.path())) {
      read(reader, 0, 1 << 20);
      byte[] bytes = TempImages.bytes(new Random(1), 1 << 20);
      overwrite(backing, bytes);
      assertArrayEquals(new byte[100], read(reader, 5000, 100));
      reader.begin();
      assertArrayEquals(bytes, read(reader, 0, 1 << 20));
    }
  }

  @Test
  void aDeviceThatIsWrittenToIsReadAsItIsOnItsMediumFromTheBeginningOn() throws IOException {
    Path backing = folder.resolve("backing");
    try (LoopDevice device = LoopDevice.ofSize(backing, 1 << 20);
        FileChannel channel =
            FileChannel.open(device.path(), StandardOpenOption.READ, StandardOpenOption.WRITE);
        ImageReader reader = ImageReader.over(device.path(), channel, 1 << 20, Long.MAX_VALUE)) {
      read(reader, 0, 1 << 20);
      byte[] bytes = TempImages.bytes(new Random(1), 1 << 20);
      overwrite(backing, bytes);
      reader.begin();
      channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 5000);
      System.arraycopy(new byte[] {1, 2, 3}, 0, bytes, 5000, 3);
      assertArrayEquals(bytes, read(reader, 0, 1 << 20));
    }
  }

  @Test
  void whereDirectReadsFailTheCacheOfADeviceIsDropped() throws IOException {
    Path backing = folder.resolve("backing");
    List<String> warnings = new ArrayList<>();
    Log.onWarning(warnings::add);
    try (LoopDevice device = LoopDevice.ofSize(backing, 1 << 20);
        ImageReader reader = ImageReader.open(device.path())) {
      read(reader, 0, 1 << 20);
      byte[] bytes = TempImages.bytes(new Random(1), 1 << 20);
      overwrite(backing, bytes);
      FussyChannel direct = new FussyChannel(bytes).failingAt(500_000, "Invalid argument");
      reader.fresh().readPastCache(DirectReader.over(device.path(), direct), null);
      assertArrayEquals(bytes, read(reader, 0, 1 << 20));
      assertEquals(List.of(), warnings);
    } finally {
      Log.onWarning(null);
    }
  }

  @Test
  void whereNothingCanBeDoneAboutTheCacheAWarningSaysSo() throws IOException {
    Path backing = folder.resolve("backing");
    List<String> warnings = new ArrayList<>();
    Log.onWarning(warnings::add);
    try (LoopDevice device = LoopDevice.ofSize(backing, 1 << 20);
        FileChannel channel = FileChannel.open(device.path(), StandardOpenOption.READ);
        ImageReader reader = ImageReader.open(device.path())) {
      MappedByteBuffer mapped = channel.map(MapMode.READ_ONLY, 0, 1 << 20).load();
      FussyChannel direct = new FussyChannel(new byte[1]).alignedTo(1 << 30);
      reader.fresh().readPastCache(DirectReader.over(device.path(), direct), null);
      String warning =
          device.path()
              + ": what is read may be older than what is on the device: there are no direct reads"
              + " (Invalid argument), and 1048576 bytes stay in the page cache; ";
      assertEquals(1, warnings.size());
      assertEquals(warning, warnings.get(0).substring(0, warning.length()));
      assertEquals(0, mapped.get(0));
    } finally {
      Log.onWarning(null);
    }
  }

  @Test
  void aWarningTellsThatPagesWhichAreWrittenInPartCanBeOld() throws IOException {
    List<String> warnings = new ArrayList<>();
    Log.onWarning(warnings::add);
    try (LoopDevice device = LoopDevice.ofSize(folder.resolve("backing"), 1 << 20);
        FileChannel channel = FileChannel.open(device.path(), StandardOpenOption.READ);
        ImageReader reader =
            ImageReader.over(
                device.path(), FileChannel.open(device.path()), 1 << 20, Long.MAX_VALUE)) {
      MappedByteBuffer mapped = channel.map(MapMode.READ_ONLY, 0, 1 << 20).load();
      reader.begin();
      reader.warnOfPartialPages(8192);
      assertEquals(List.of(), warnings);
      reader.warnOfPartialPages(512);
      assertEquals(
          List.of(
              device.path()
                  + ": 1048576 bytes stay in the page cache: old bytes can be written beside blocks"
                  + " of 512 bytes; let --block be a multiple of 4096, or end what else uses the"
                  + " device"),
          warnings);
      assertEquals(0, mapped.get(0));
    } finally {
      Log.onWarning(null);
    }
  }

  @Test
  void withoutNativeCallsADeviceIsReadAsItIsOnItsMedium() throws IOException {
    Path backing = folder.resolve("backing");
    try (LoopDevice device = LoopDevice.ofSize(backing, 1 << 20);
        ImageReader reader = ImageReader.open(device.path())) {
      read(reader, 0, 1 << 20);
      overwrite(backing, new byte[] {42});
      // Without JNA's classes, and without those that print: it would fail to warn.
      String output =
          JavaProcess.run(List.of(PrintByte.class, ImageReader.class), device.path().toString());
      assertEquals("42 42", output);
    }
  }

  /** Prints the first byte of a device that is read as a source is, and as a target is. */
  static final class PrintByte {
    public static void main(String[] arguments) throws IOException {
      Path path = Path.of(arguments[0]);
      try (ImageReader source = ImageReader.open(path);
          ImageReader target =
              ImageReader.over(
                  path, FileChannel.open(path), FileChannel.open(path).size(), Long.MAX_VALUE)) {
        source.begin();
        target.begin();
        System.out.println(read(source, 0, 1)[0] + " " + read(target, 0, 1)[0]);
      }
    }
  }

  private static void overwrite(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes));
    }
  }

  @Test
  void aMissingImageIsRefused() {
    Path image = folder.resolve("image");
    ImageException e = assertThrows(ImageException.class, () -> ImageReader.open(image));
    assertEquals(image + ": No such file or directory", e.getMessage());
    assertEquals(2, e.errno());
  }

  @Test
  void aLinkThatLeadsNowhereSaysWhereItLeads() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("gone/image"));
    ImageException e = assertThrows(ImageException.class, () -> ImageReader.open(link));
    assertEquals(
        "No such file or directory (a symbolic link to gone/image, which does not exist)",
        e.reason());
    assertEquals(2, e.errno());
  }

  @Test
  void aFolderIsRefused() {
    ImageException e = assertThrows(ImageException.class, () -> ImageReader.open(folder));
    assertEquals(folder + ": Is a directory", e.getMessage());
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aNamedPipeIsRefusedWithoutWaitingForAWriter() throws IOException {
    Path fifo = folder.resolve("fifo");
    Commands.run("mkfifo", fifo.toString());
    assertThrows(ImageException.class, () -> ImageReader.open(fifo));
  }

  @Test
  void anImageThatMayNotBeReadIsRefused() throws IOException {
    Path image = Files.createFile(folder.resolve("image"));
    Files.setPosixFilePermissions(image, Set.of());
    String output =
        JavaProcess.runUnprivileged(List.of(PrintSize.class, ImageReader.class), image.toString());
    assertEquals(image + ": Permission denied 13", output);
  }

  @Test
  void aReaderThatIsClosedSaysSo() throws IOException {
    Path image = Files.write(folder.resolve("image"), new byte[100]);
    ImageReader reader = ImageReader.open(image);
    reader.close();
    ImageException e = assertThrows(ImageException.class, () -> read(reader, 0, 100));
    assertEquals("closed while in use (at byte 0)", e.reason());
  }

  /** Prints the size of an image or why it cannot be read. */
  static final class PrintSize {
    public static void main(String[] arguments) {
      try (ImageReader reader = ImageReader.open(Path.of(arguments[0]))) {
        System.out.println(reader.size());
      } catch (ImageException e) {
        System.out.println(e.getMessage() + " " + e.errno());
      }
    }
  }

  private static byte[] read(ImageReader reader, long position, int length) throws ImageException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    reader.read(buffer, position);
    return buffer.array();
  }
}
