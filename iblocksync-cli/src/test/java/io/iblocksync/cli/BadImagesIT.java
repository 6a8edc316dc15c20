package io.iblocksync.cli;

import static io.iblocksync.cli.it.Images.assertEqual;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Running;
import io.iblocksync.cli.it.TwoImages;
import io.iblocksync.cli.it.Wrapper;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.TinyFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Images that cannot be read or written: one line with the path and the system's own words. */
@Timeout(60)
class BadImagesIT extends TwoImages {

  BadImagesIT() {
    super(300_000);
  }

  @Tag("smoke")
  @Test
  void aMissingSourceFailsBeforeAnyTargetIsMade() throws IOException {
    Path missing = images.path("missing.img");
    Program.iblocksync(missing, target)
        .run()
        .failed(missing.toString(), "No such file or directory")
        .saidNothingElse();
    assertFalse(Files.exists(target));
  }

  @Test
  void aMissingFolderOfTheTargetIsNotCreated() throws IOException {
    Path inner = images.path("missing/target.img");
    Program.iblocksync(source, inner)
        .run()
        .failed(inner.toString(), "No such file or directory")
        .saidNothingElse();
    assertFalse(Files.exists(inner.getParent()));
  }

  @Test
  void aFolderIsNoImage() throws IOException {
    Program.iblocksync(folder, target).run().failed("Is a directory").saidNothingElse();
    assertFalse(Files.exists(target));
    Program.iblocksync(source, folder).run().failed("Is a directory").saidNothingElse();
  }

  @Test
  void aPathThatEndsInASlashIsThatOfAFolder() throws IOException {
    Program.iblocksync(source + "/", target).run().failed("Not a directory").saidNothingElse();
    Program.iblocksync(source, target + "/")
        .run()
        .failed("No such file or directory")
        .saidNothingElse();
    assertFalse(Files.exists(target));
  }

  @Test
  void aCurrentFolderThatIsGoneGivesOneLineOfOurs() throws IOException {
    Path gone = Files.createDirectory(images.path("gone"));
    String script = "cd \"$1\" && rmdir \"$1\" && exec \"$2\" \"$3\" \"$4\"";
    Process process =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                script,
                "sh",
                gone.toString(),
                Repository.script("iblocksync").toString(),
                source.toString(),
                target.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    assertTrue(output.contains("iblocksync: error: the current directory is not there"), output);
    assertFalse(output.contains("java"), output);
  }

  @Test
  void whatIsNeitherFileNorBlockDeviceIsNoImageAndIsNotWaitedFor() throws IOException {
    Path fifo = images.path("fifo");
    Commands.run("mkfifo", fifo.toString());
    Program.iblocksync(fifo, target).run().failed(fifo.toString()).saidNothingElse();
    Program.iblocksync(source, fifo).run().failed(fifo.toString()).saidNothingElse();
    Program.iblocksync("/dev/zero", target).run().failed("/dev/zero").saidNothingElse();
    Program.iblocksync(source, "/dev/null").run().failed("/dev/null").saidNothingElse();
    assertFalse(Files.exists(target));
  }

  @Test
  void aFileOfTheKernelThatSaysThatItIsEmptyEmptiesNoTarget() throws IOException {
    Path backup = images.copy(source, "backup.img");
    Program.iblocksync("-f", "/proc/version", backup)
        .run()
        .failed("/proc/version: is a file in a file system of type proc, where no image can be")
        .saidNothingElse();
    assertEqual(source, backup);
  }

  @Test
  void nothingIsCreatedBelowDev() throws IOException {
    Program.iblocksync(source, "/dev/iblocksync-nosuch")
        .run()
        .failed("/dev/iblocksync-nosuch")
        .saidNothingElse();
    assertFalse(Files.exists(Path.of("/dev/iblocksync-nosuch")));
    Path link = Files.createSymbolicLink(target, Path.of("/dev/iblocksync-nosuch"));
    Program.iblocksync(source, link).run().failed(link.toString()).saidNothingElse();
    assertFalse(Files.exists(Path.of("/dev/iblocksync-nosuch")));
  }

  @Test
  void anImageWithoutPermissionIsSaidToBeSo() throws IOException {
    Path closed = images.random("closed.img", 300_000);
    Files.setPosixFilePermissions(closed, Set.of());
    Program.iblocksync(closed, target)
        .withoutPowers()
        .run()
        .failed(closed.toString(), "Permission denied")
        .saidNothingElse();
    assertFalse(Files.exists(target));
    Program.iblocksync(source, closed)
        .withoutPowers()
        .run()
        .failed(closed.toString(), "Permission denied")
        .saidNothingElse();
  }

  @Test
  void aTargetFileSystemThatIsFullFailsWithTheOffset() throws IOException {
    Path large = images.random("large.img", 3 << 20);
    Path full = images.path("target.img");
    // Others take the space meanwhile: what is known to be too little is refused beforehand.
    Program.iblocksync("-b", "64K", large, full)
        .injecting("pwrite64:error=ENOSPC:when=2+", full)
        .run()
        .failed(full.toString(), "No space left on device", "at byte ");
  }

  @Test
  void aTargetFileSystemThatIsReadOnlyFails() throws IOException {
    try (TinyFileSystem mount = tiny()) {
      Path old = Files.write(mount.folder().resolve("old.img"), new byte[300_000]);
      mount.makeReadOnly();
      for (Path image : new Path[] {old, mount.folder().resolve("new.img")}) {
        Program.iblocksync(source, image)
            .run()
            .failed(image.toString(), "Read-only file system")
            .saidNothingElse();
      }
    }
  }

  private TinyFileSystem tiny() throws IOException {
    return TinyFileSystem.on(Files.createDirectory(images.path("tiny")), 1 << 20);
  }

  @Test
  void aTargetIsWrittenByOneRunAtATime() throws Exception {
    Wrapper stuck = Wrapper.ofSource(folder).stuckAfter(5_000);
    Path old = images.random("old.img", 300_000);
    try (Running first =
        Program.iblocksync("-b", "512", source, old)
            .with("IBLOCKSYNC_SOURCE_EXEC", stuck.write())
            .start()) {
      Await.until(
          "the first run has locked its target",
          () ->
              Commands.run("cat", "/proc/locks")
                  .contains(":" + Files.getAttribute(old, "unix:ino")));
      Program.iblocksync(source, old).run().failed(old.toString(), "another").saidNothingElse();
      first.signal("TERM");
      first.await();
    }
    Program.iblocksync(source, old).run().succeeded();
    assertEqual(source, old);
  }
}
