package io.iblocksync.receive.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Native;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.image.ReadAhead;
import io.iblocksync.image.ReadPlan;
import io.iblocksync.image.ReadableImage;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.LoopDevices;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Settings;
import io.iblocksync.protocol.WindowBytes;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.JavaProcess;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.LoopFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How long the lock on a target lasts: POSIX takes it away with any descriptor that is closed. */
@Timeout(60)
class TargetLockTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  @Test
  void theLockIsKeptWhateverElseOpensTheTarget() throws Exception {
    Path path = Files.write(folder.resolve("image"), new byte[4 * MIB]);
    try (Target target = open(path)) {
      target.prepare(8 * MIB);
      // Enough zeros to look for holes, for which the file is opened a second time.
      hash(target.reader(), 8 * MIB);
      assertTrue(isLocked(path), "when holes were looked for");
      assertNotNull(target.nativeFile());
      target.nativeFile().punchHole(0, MIB);
      target.write(ByteBuffer.wrap(new byte[MIB]), MIB);
      target.finish(6 * MIB);
      assertTrue(isLocked(path), "when it was finished");
      hash(target.reopen(), 6 * MIB);
      collectGarbage();
      assertTrue(isLocked(path), "when it was verified");
    }
    assertFalse(isLocked(path), "when it was closed");
  }

  @Test
  void theLockIsKeptWhereThereAreNoDirectReads() throws Exception {
    Path backing = folder.resolve("backing");
    try (LoopDevice device = LoopDevice.ofSize(backing, MIB);
        Target target = open(device.path())) {
      target.prepare(MIB);
      target.finish(MIB);
      // Opened for direct reads, it refuses the first one.
      Commands.run("truncate", "-s", "0", backing.toString());
      Commands.run("blockdev", "--flushbufs", device.path().toString());
      try (VerifyReader reader = target.reopen()) {
        assertNotNull(reader.cacheCaveat());
        collectGarbage();
        assertTrue(isLocked(device.path()));
      }
    }
  }

  @Test
  void theLockOfALoopDeviceIsKeptWhenItIsAskedForItsFile() throws IOException {
    Path other = Files.write(folder.resolve("other"), new byte[MIB]);
    try (LoopDevice device = LoopDevice.ofSize(folder.resolve("backing"), MIB)) {
      try (Target target = open(device.path())) {
        assertTrue(isLocked(device.path()), "when it was opened");
        // All are asked, which opens and closes them.
        assertEquals(List.of(), LoopDevices.over(other, true));
        assertTrue(isLocked(device.path()), "when it was asked");
        assertEquals(MIB, target.size());
      }
      assertFalse(isLocked(device.path()), "when it was closed");
    }
  }

  @Test
  void aDeviceIsLockedForThoseWithoutNativeCallsToo() throws IOException {
    try (LoopDevice device = LoopDevice.ofSize(folder.resolve("backing"), MIB);
        Target target = open(device.path())) {
      String output =
          JavaProcess.run(
              List.of(TargetOpenTest.OpenTarget.class, Target.class, ImageException.class),
              target.path().toString());
      String here = "is locked by process " + ProcessHandle.current().pid() + " (java)";
      assertEquals(device.path() + ": " + here + " 0", output);
    }
  }

  @Test
  void theLockIsKeptWhereItCannotBeToldWhatIsOpen() throws Exception {
    Path path = Files.write(folder.resolve("image"), new byte[MIB]);
    List<Class<?>> classes =
        List.of(
            OpenWithoutProc.class,
            Target.class,
            ImageException.class,
            Native.class,
            Commands.class);
    Commands.need("mount namespace", "unshare", "--mount", "umount", "-l", "/proc");
    List<String> alone = List.of("unshare", "--mount");
    String output =
        JavaProcess.runUnder(alone, classes, path.toString(), Long.toString(inode(path)));
    assertEquals("no native calls, locked: true", output);
  }

  /** Prints whether a target is locked after an attempt to open it again. */
  static final class OpenWithoutProc {
    public static void main(String[] arguments) throws IOException {
      try (Target target = open(Path.of(arguments[0]))) {
        Commands.run("umount", "-l", "/proc");
        String calls = target.nativeFile() == null ? "no native calls" : "native calls";
        Commands.run("mount", "-t", "proc", "proc", "/proc");
        boolean locked =
            Files.readString(Path.of("/proc/locks")).contains(":" + arguments[1] + " ");
        System.out.println(calls + ", locked: " + locked);
      }
    }
  }

  @Test
  void theLockIsKeptUntilAWriteInProgressHasEnded() throws Exception {
    Commands.need("fsfreeze", "fsfreeze", "--version");
    try (LoopFileSystem files = LoopFileSystem.of("ext4", folder)) {
      Path path = Files.write(files.folder().resolve("image"), new byte[MIB]);
      Target target = open(path);
      target.prepare(MIB);
      byte[] bytes = {1, 2, 3};
      CompletableFuture<Void> writing;
      CompletableFuture<Void> closing;
      // Nothing is written from now on: whoever writes waits.
      Commands.run("fsfreeze", "--freeze", files.folder().toString());
      try {
        writing = start(() -> target.write(ByteBuffer.wrap(bytes), 0));
        Thread.sleep(300);
        closing = start(target::close);
        Thread.sleep(300);
        assertTrue(isLocked(path), "while it is written to");
        assertFalse(writing.isDone());
      } finally {
        Commands.run("fsfreeze", "--unfreeze", files.folder().toString());
      }
      writing.get();
      closing.get();
      assertFalse(isLocked(path), "when it was closed");
      assertEquals(2, Files.readAllBytes(path)[1]);
    }
  }

  @Test
  void nothingIsWrittenAfterTheLockIsGivenUp() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[] {1, 2, 3});
    Target target = open(path);
    target.prepare(3);
    NativeFile nativeFile = target.nativeFile();
    target.close();
    ImageException e =
        assertThrows(ImageException.class, () -> target.write(ByteBuffer.allocate(3), 0));
    assertEquals("closed while in use", e.reason());
    assertThrows(ImageException.class, () -> nativeFile.punchHole(0, 3));
    assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(path));
  }

  private interface Step {
    void run() throws IOException;
  }

  private static CompletableFuture<Void> start(Step step) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            step.run();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        },
        command -> new Thread(command).start());
  }

  private static void hash(ReadableImage image, long size) throws Exception {
    ReadPlan plan =
        ReadPlan.hashing(new Geometry(size, 4096), HashAlgorithm.SHA1, WindowBytes.PIPED);
    ReadAhead ahead = new ReadAhead(plan, () -> {});
    HashWorkers.start(ahead, image, ahead::fail);
    Hashes hashes = ahead.takeHashes();
    while (hashes != null) {
      hashes = ahead.takeHashes();
    }
  }

  private static void collectGarbage() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
    }
  }

  /** By this process, or by a descriptor of whatever process, as for devices. */
  private static boolean isLocked(Path path) throws IOException {
    String lock = " (" + ProcessHandle.current().pid() + "|-1) \\S+:" + inode(path) + " ";
    return Pattern.compile(lock).matcher(Files.readString(Path.of("/proc/locks"))).find();
  }

  private static long inode(Path path) throws IOException {
    return (Long) Files.getAttribute(path, "unix:ino");
  }

  private static Target open(Path path) throws ImageException {
    return TargetProbe.of(path).open(Settings.NONE);
  }
}
