package io.iblocksync.cli.fault;

import static io.iblocksync.cli.it.Images.assertEqual;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import io.iblocksync.cli.it.Wrapper;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.LoopFileSystem;
import io.iblocksync.testing.TinyFileSystem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images that fail or change while they are read and written. */
@Timeout(60)
class ImageFaultIT {
  private static final int SIZE = 12 << 20;

  @TempDir Path folder;
  private Images images;
  private Path source;
  private Path target;
  private Path go;
  private Wrapper sourceWrapper;
  private Wrapper targetWrapper;

  @BeforeEach
  void makeImages() throws IOException {
    images = new Images(folder);
    source = images.random("source.img", SIZE);
    target = images.path("target.img");
    go = images.path("go");
    sourceWrapper = Wrapper.ofSource(folder).pausedAfter(3_000, go);
    targetWrapper = Wrapper.ofTarget(folder);
  }

  private Program wrapped(Path from, Path to) throws IOException {
    return Program.iblocksync("-b", "64K", from, to)
        .with("IBLOCKSYNC_SOURCE_EXEC", sourceWrapper.write())
        .with("IBLOCKSYNC_TARGET_EXEC", targetWrapper.write());
  }

  /** The target is new, so the source sends at once, and has read little more than a pipe holds. */
  private Result changing(Change change) throws Exception {
    try (Running running = wrapped(source, target).start()) {
      Await.until("the sync has begun", () -> Files.exists(target));
      Await.pause(200);
      change.make();
      Files.createFile(go);
      return running.await();
    }
  }

  private interface Change {
    void make() throws IOException;
  }

  private void assertCleanedUp() throws IOException {
    assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
    assertEquals(Wrapper.cleanedUpOnce(), targetWrapper.log());
  }

  private void assertRepaired() throws IOException {
    Program.iblocksync("-f", "-b", "64K", source, target).run().ended(0);
    assertEqual(source, target);
  }

  @Test
  void aSourceThatShrinksFailsTheRunAndSaysWhereItEnds() throws Exception {
    Result result =
        changing(
            () -> {
              try (RandomAccessFile file = new RandomAccessFile(source.toFile(), "rw")) {
                file.setLength(SIZE - 100_000);
              }
            });
    result.failed("iblocksync-serve", source.toString(), Integer.toString(SIZE - 100_000));
    assertCleanedUp();
    assertRepaired();
  }

  @Test
  void aSourceThatGrowsIsTakenAsLongAsItWasAtTheStart() throws Exception {
    byte[] before = Files.readAllBytes(source);
    changing(() -> Files.write(source, new byte[300_000], StandardOpenOption.APPEND)).ended(0);
    assertCleanedUp();
    assertArrayEquals(before, Files.readAllBytes(target));
    assertRepaired();
  }

  @Test
  void aSourceThatChangesGivesBlocksThatAreOldOrNewAndTheNextRunTheWholeOne() throws Exception {
    byte[] before = Files.readAllBytes(source);
    byte[] after = before.clone();
    for (int at = 0; at < SIZE; at += 65536) {
      after[at + 7] ^= 1;
    }
    changing(() -> Images.write(source, after)).ended(0);
    assertCleanedUp();
    byte[] synced = Files.readAllBytes(target);
    assertEquals(SIZE, synced.length);
    for (int from = 0; from < SIZE; from += 65536) {
      int to = from + 65536;
      assertTrue(
          Arrays.equals(synced, from, to, before, from, to)
              || Arrays.equals(synced, from, to, after, from, to),
          "a block that is neither the old nor the new one");
    }
    // What came last was read after the change.
    assertEquals(after[SIZE - 65536 + 7], synced[SIZE - 65536 + 7]);
    assertRepaired();
  }

  @Test
  void aSourceThatCannotBeReadToItsEndFailsTheRunWithTheSystemsWords() throws Exception {
    try (LoopDevice device = LoopDevice.over(source)) {
      // The device keeps its size, and reading what its file has no more is an error of the medium.
      Commands.run("truncate", "-s", Integer.toString(SIZE / 2), source.toString());
      Commands.run("blockdev", "--flushbufs", device.path().toString());
      Files.createFile(go);
      wrapped(device.path(), target)
          .run()
          .failed("iblocksync-serve", device.path().toString(), "Input/output error", "at byte ");
      assertCleanedUp();
    }
    assertRepaired();
  }

  @Test
  void aSourceThatCannotBeReadAtAllChangesNothing() throws Exception {
    Files.write(target, new byte[] {1, 2, 3});
    Files.setLastModifiedTime(target, FileTime.fromMillis(0));
    try (LoopDevice device = LoopDevice.over(source)) {
      Commands.run("truncate", "-s", "0", source.toString());
      Commands.run("blockdev", "--flushbufs", device.path().toString());
      Result result = Program.iblocksync("-f", device.path(), target).run();
      assertTrue(result.error().contains("Input/output error"), result.description());
    }
    assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(target));
    assertEquals(FileTime.fromMillis(0), Files.getLastModifiedTime(target));
  }

  @Test
  void aTargetThatCannotBeWrittenToItsEndFailsTheRunWithTheSystemsWords() throws Exception {
    Path tiny = Files.createDirectory(images.path("tiny"));
    Files.createFile(go);
    try (TinyFileSystem full = TinyFileSystem.on(tiny, 2 << 20)) {
      Path backing = full.folder().resolve("device.img");
      try (LoopDevice device = LoopDevice.ofSize(backing, SIZE);
          // So that the device's cache outlives a run.
          FileChannel held = FileChannel.open(device.path(), StandardOpenOption.READ)) {
        // The room under the device runs out when what was written is to be on the medium.
        Result result = wrapped(source, device.path()).run().failed("iblocksync-receive");
        String line = result.error();
        assertTrue(line.contains(device.path().toString()), result.description());
        assertTrue(
            line.contains("Input/output error") || line.contains("No space left on device"),
            result.description());
        assertCleanedUp();
        // What could not be written stays in the cache as if it had been: it must not be trusted.
        full.resize(16 << 20);
        Program.iblocksync("-f", "-b", "64K", source, device.path()).run().ended(0);
        assertTrue(held.isOpen());
      }
      assertEqual(source, backing);
    }
  }

  @Test
  void aFileThatCouldNotBeFlushedIsRepairedByTheNextRun() throws Exception {
    Path tiny = Files.createDirectory(images.path("tiny"));
    try (TinyFileSystem full = TinyFileSystem.on(tiny, 400 << 20);
        LoopFileSystem system = LoopFileSystem.of("ext4", full.folder())) {
      Commands.run("sync", "-f", system.folder().toString());
      FileStore room = Files.getFileStore(full.folder());
      full.resize(room.getTotalSpace() - room.getUsableSpace() + (4 << 20));
      Path image = system.folder().resolve("target.img");
      Path big = images.random("big.img", 16 << 20);
      Result result = Program.iblocksync(big, image).run().failed("iblocksync-receive");
      assertTrue(result.error().contains(image.toString()), result.description());
      full.resize(400 << 20);
      Program.iblocksync("-f", big, image).run().ended(0);
      Program.iblocksync("--verify", big, image).run().ended(0);
    }
  }

  @Test
  void aTargetWhoseFileSystemFillsUpMeanwhileIsRepairedOnceThereIsRoom() throws Exception {
    Path image = Files.write(images.path("target.img"), new byte[1000]);
    // What is known to be too little is refused beforehand.
    Program.iblocksync("-f", source, image)
        .injecting("pwrite64:error=ENOSPC:when=3+", image)
        .run()
        .failed(image + ": No space left on device");
    Program.iblocksync("-f", source, image).run().ended(0);
    assertEqual(source, image);
  }

  @Test
  void aDeviceThatDoesNotFitIsRefusedAndFitsOnceThereIsRoom() throws Exception {
    try (LoopDevice device = LoopDevice.over(source);
        TinyFileSystem full =
            TinyFileSystem.on(Files.createDirectory(images.path("tiny")), 16 << 20)) {
      Path image = Files.write(full.folder().resolve("target.img"), new byte[1000]);
      Path ballast = Files.write(full.folder().resolve("ballast"), new byte[8 << 20]);
      Result result = Program.iblocksync("-f", device.path(), image).run().ended(1);
      assertTrue(result.says("has no room; nothing was written"), result.description());
      assertEquals(1000, Files.size(image));
      Files.delete(ballast);
      Program.iblocksync("-f", device.path(), image).run().ended(0);
      assertEqual(source, image);
    }
  }

  @Test
  void aDirectoryThatCannotBeFlushedFailsTheRun() throws Exception {
    Map<String, String> errors =
        Map.of(
            "EIO", "Input/output error",
            "EROFS", "Read-only file system",
            "ENOSPC", "No space left on device",
            "EDQUOT", "Disk quota exceeded");
    for (Map.Entry<String, String> error : errors.entrySet()) {
      Program.iblocksync(source, target)
          .injecting("fsync:error=" + error.getKey(), target.getParent())
          .run()
          .failed(target + ": " + error.getValue() + " (when its directory was flushed)");
    }
    assertRepaired();
  }

  @Test
  void aFileSystemThatCannotFlushDirectoriesIsNoFailure() throws Exception {
    for (String error : List.of("EINVAL", "EBADF", "EOPNOTSUPP")) {
      Program.iblocksync(source, target)
          .injecting("fsync:error=" + error, target.getParent())
          .run()
          .ended(0);
    }
    assertEqual(source, target);
  }
}
