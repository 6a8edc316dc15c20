package io.iblocksync.cli;

import static io.iblocksync.cli.it.Images.assertEqual;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import io.iblocksync.cli.it.TwoImages;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.LoopDevice;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The lock on the target, and new targets that come to nothing. */
@Timeout(60)
class PosixLockIT extends TwoImages {
  private static final int SIZE = 3 << 20;
  private static final FileTime LONG_AGO = FileTime.fromMillis(0);

  /** Of fdinfo's flags. */
  private static final long O_DIRECT = 040000;

  PosixLockIT() {
    super(SIZE);
  }

  @Test
  void aSecondRunIsRefusedWhileTheFirstWrites() throws Exception {
    images.zeros("target.img", SIZE);
    Files.setLastModifiedTime(target, LONG_AGO);
    assertLockedWhen(
        () -> !Files.getLastModifiedTime(target).equals(LONG_AGO),
        Program.iblocksync(source, target).injecting("pwrite64:delay_exit=30s", target));
  }

  @Test
  void aSecondRunIsRefusedWhileTheFirstFlushes() throws Exception {
    images.zeros("target.img", SIZE);
    assertLockedWhen(
        () -> Files.mismatch(source, target) < 0,
        Program.iblocksync(source, target).injecting("fsync:delay_enter=30s", target));
  }

  @Test
  void aSecondRunIsRefusedWhileTheFirstVerifies() throws Exception {
    // A new target is read for nothing else.
    assertLockedWhen(
        this::isReadFromItsMedium,
        Program.iblocksync("--verify", source, target).injecting("pread64:delay_exit=30s", target));
  }

  @Test
  void aLoopDeviceOverTheTargetIsLockedToo() throws Exception {
    images.zeros("target.img", SIZE);
    Program first = Program.iblocksync(source, target).injecting("fsync:delay_enter=30s", target);
    try (Running running = first.start()) {
      Await.until("the first run is there", () -> Files.mismatch(source, target) < 0);
      try (LoopDevice device = LoopDevice.over(target)) {
        Program.iblocksync("-f", "--force-in-use", source, device.path())
            .run()
            .failed(device.path() + ": another iblocksync is writing to it (process ")
            .saidNothingElse();
      }
      running.signalGroup("KILL");
      running.awaitAlone();
    }
  }

  /** Starts a run that stops on its way, and kills it there. */
  private void assertLockedWhen(Callable<Boolean> there, Program first) throws Exception {
    try (Running running = first.start()) {
      Await.until("the first run is there", there);
      Program.iblocksync("-f", "--force-in-use", source, target)
          .run()
          .failed(target + ": another iblocksync is writing to it (process ")
          .saidNothingElse();
      running.signalGroup("KILL");
      running.awaitAlone();
      Await.until("the first run has ended", () -> running.processes().isEmpty());
    }
    Program.iblocksync("-f", source, target).run().ended(0);
    assertEqual(source, target);
  }

  private boolean isReadFromItsMedium() throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (hasOpenForDirectReads(process)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean hasOpenForDirectReads(Path process) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (Files.readSymbolicLink(file).equals(target)) {
          String info = Files.readString(process.resolve("fdinfo").resolve(file.getFileName()));
          String flags = info.replaceAll("(?s).*flags:\\s*([0-7]+).*", "$1");
          if ((Long.parseLong(flags, 8) & O_DIRECT) != 0) {
            return true;
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return false; // Ended, or closed.
    }
    return false;
  }

  @Test
  void aTargetOnAFileSystemWithoutLocksIsWrittenToWithAWarning() throws IOException {
    Result result =
        Program.iblocksync(source, target).injecting("fcntl:error=ENOLCK", target).run().forced();
    String warning = "the target " + target + " cannot be locked (No locks available): see to it";
    assertTrue(result.says(warning), result.description());
    assertEqual(source, target);
  }

  @Test
  void aNewTargetWhoseLockFailsIsNotLeft() throws IOException {
    Program.iblocksync(source, target)
        .injecting("fcntl:error=EIO", target)
        .run()
        .failed(target + ": Input/output error (when locked)")
        .saidNothingElse();
    assertFalse(Files.exists(target));
  }

  @Test
  void aNewTargetWhoseLockIsRefusedThoughNobodySeemsToHaveItIsNotLeft() throws IOException {
    Program.iblocksync(source, target)
        .injecting("fcntl:error=EAGAIN", target)
        .run()
        .failed(target + ": is locked: another iblocksync or another program")
        .saidNothingElse();
    assertFalse(Files.exists(target));
  }

  @Test
  void whoHasALoopDeviceLockedIsTheOneWhoKeepsOthersFromWriting() throws Exception {
    Commands.need("flock", "flock", "--version");
    Path backing = images.zeros("backing.img", SIZE);
    try (LoopDevice device = LoopDevice.over(backing)) {
      Program first =
          Program.iblocksync("-f", source, device.path())
              .injecting("fsync:delay_enter=30s", device.path());
      String lock = "OFDLCK .*:" + Files.getAttribute(device.path(), "unix:ino") + " ";
      // As udev and those do who keep it away; this keeps no iblocksync away.
      Process other =
          new ProcessBuilder("flock", "--shared", device.path().toString(), "sleep", "60").start();
      try (Running running = first.start()) {
        Await.until(
            "the first run is there",
            () -> Pattern.compile(lock).matcher(Commands.run("cat", "/proc/locks")).find());
        Program.iblocksync("-f", "--force-in-use", source, device.path())
            .run()
            .failed(device.path() + ": another iblocksync is writing to it (process ")
            .saidNothingElse();
        running.signalGroup("KILL");
        running.awaitAlone();
      } finally {
        other.descendants().forEach(ProcessHandle::destroyForcibly);
        other.destroyForcibly();
      }
    }
  }

  @Test
  void aNewTargetOfASourceThatCannotBeReadIsNotLeft() throws IOException {
    try (LoopDevice device = LoopDevice.over(source)) {
      // The device keeps its size, and reading what its file has no more is an error of the medium.
      Commands.run("truncate", "-s", "0", source.toString());
      Commands.run("blockdev", "--flushbufs", device.path().toString());
      Program.iblocksync(device.path(), target)
          .run()
          .failed(device.path().toString(), "Input/output error")
          .saidNothingElse();
    }
    assertFalse(Files.exists(target));
  }
}
