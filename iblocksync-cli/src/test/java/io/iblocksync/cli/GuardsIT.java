package io.iblocksync.cli;

import static io.iblocksync.cli.it.Images.assertEqual;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import io.iblocksync.cli.it.Shell;
import io.iblocksync.cli.it.TwoImages;
import io.iblocksync.cli.it.Wrapper;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.Mount;
import io.iblocksync.testing.OtherNamespace;
import io.iblocksync.testing.TinyFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the program refuses, or warns of, because of what the images are. */
@Timeout(60)
class GuardsIT extends TwoImages {
  private static final int SIZE = 3 << 20;

  /** Of a small file system. */
  private static final int ROOM = 1 << 20;

  GuardsIT() {
    super(SIZE);
  }

  @Test
  void anImageIsNotSyncedToItself() throws IOException {
    Path link = Files.createSymbolicLink(images.path("link.img"), source);
    Path before = images.copy(source, "before.img");
    Program.iblocksync("-f", source, link)
        .run()
        .failed("are the same image", source.toString(), link.toString())
        .saidNothingElse();
    assertEqual(before, source);
  }

  @Test
  void onlyAnExistingTargetIsSyncedIfThatIsAskedFor() throws IOException {
    Path missing = images.path("missing.img");
    Program.iblocksync("--existing", source, missing)
        .run()
        .failed("the target " + missing + " does not exist, and --existing creates none")
        .saidNothingElse();
    assertFalse(Files.exists(missing));
    Program.iblocksync("-n", "--existing", source, missing).run().failed("does not exist");
    Path empty = Files.createFile(images.path("empty.img"));
    Program.iblocksync("--existing", source, empty).run().succeeded();
    assertEqual(source, empty);
    Program.iblocksync("--existing", source, empty).run().succeeded().counted(3, 0);
  }

  @Test
  void aFileIsNotSyncedToALoopDeviceOverIt() throws IOException {
    try (LoopDevice device = LoopDevice.over(source)) {
      Program.iblocksync("-f", source, device.path()).run().failed("are the same image");
      Program.iblocksync("-f", device.path(), source).run().failed("are the same image");
    }
  }

  @Test
  void aFileIsNotSyncedToALoopDeviceOverItWhenTheNameThatTheDeviceKnowsIsRemoved()
      throws IOException {
    Path target = images.random("target.img", SIZE);
    Path other = Files.createLink(images.path("other.img"), target);
    Path before = images.copy(target, "before.img");
    try (LoopDevice device = LoopDevice.over(target)) {
      Files.delete(target);
      Program.iblocksync("-f", device.path(), other).run().failed("are the same image");
      Program.iblocksync("-f", other, device.path()).run().failed("are the same image");
      Program.iblocksync("-f", source, other)
          .run()
          .failed(other + ": is in use by the loop device " + device.path())
          .saidNothingElse();
    }
    assertEqual(before, other);
  }

  @Test
  void aMountedFileSystemIsNotOverwrittenByAnotherLoopDevice() throws IOException {
    Path file = images.random("file.img", SIZE);
    Path place = Files.createDirectory(images.path("mounted"));
    try (LoopDevice one = mounted(file, place);
        LoopDevice other = LoopDevice.over(file)) {
      try {
        Path before = images.copy(file, "before.img");
        String mounted = one.path() + "%s, which is mounted on " + place + "; unmount it";
        Program.iblocksync("-f", before, other.path())
            .run()
            .failed(other.path() + ": is in use", mounted.formatted(" over the same data"))
            .saidNothingElse();
        Program.iblocksync("-f", before, file)
            .run()
            .failed(file + ": is in use", mounted.formatted(""))
            .saidNothingElse();
        String warning = other.path() + " is mounted read-write on " + place;
        Result result = Program.iblocksync(other.path(), images.path("copy.img")).run().ended(0);
        assertTrue(result.says(warning), result.description());
        assertEqual(before, file);
      } finally {
        Commands.run("umount", place.toString());
      }
    }
  }

  /** A device over a file that becomes a file system, which is mounted there. */
  private static LoopDevice mounted(Path file, Path place) throws IOException {
    Commands.need("ext4", "mkfs.ext4", "-q", "-F", file.toString());
    LoopDevice device = LoopDevice.over(file);
    Commands.run("mount", device.path().toString(), place.toString());
    return device;
  }

  @Test
  void aMountedLoopDeviceIsNotOverwrittenByOneOverIt() throws IOException {
    Path file = images.random("file.img", SIZE);
    Path place = Files.createDirectory(images.path("mounted"));
    try (LoopDevice lower = mounted(file, place);
        LoopDevice upper = LoopDevice.over(lower.path())) {
      Path same = images.copy(file, "same.img");
      try {
        Program.iblocksync("-f", same, upper.path())
            .run()
            .failed(upper.path() + ": is over loop", ", which is mounted on " + place)
            .saidNothingElse();
      } finally {
        Commands.run("umount", place.toString());
      }
      Program.iblocksync("-f", same, upper.path()).run().ended(0);
    }
  }

  @Test
  void loopDevicesOverPartsOfAFileAreTargetsAndOverTheSamePartAreNot() throws IOException {
    Path file = images.random("file.img", 2 * SIZE);
    try (LoopDevice first = LoopDevice.overPart(file, 0, SIZE);
        LoopDevice second = LoopDevice.overPart(file, SIZE, SIZE)) {
      Program.iblocksync("-f", source, second.path()).run().ended(0);
      try (LoopDevice third = LoopDevice.overPart(file, SIZE - 512, 512)) {
        Program.iblocksync("-f", source, first.path())
            .run()
            .failed("is in use by the loop device " + third.path() + " over the same data; detach");
        Program.iblocksync("-f", source, second.path()).run().ended(0);
      }
    }
  }

  @Test
  void whatStandardOutputGoesToIsNoTarget() throws IOException {
    Path target = images.path("target.img");
    for (String option : List.of("-f", "-n", "--verify")) {
      assertNoOutput(
          Program.shell(
              "exec \"$@\" /dev/stdout >" + Shell.quote(target),
              Repository.script("iblocksync"),
              option,
              source),
          "target",
          "output");
      assertEquals(0, Files.size(target));
    }
  }

  @Test
  void whatStandardOutputGoesToIsNoTargetOfAWrapperEither() throws IOException {
    Path target = images.random("target.img", SIZE);
    Path before = images.copy(target, "before.img");
    Program program =
        Program.shell(
                "exec \"$@\" 1<>" + Shell.quote(target),
                Repository.script("iblocksync"),
                "-f",
                source,
                target)
            .with("IBLOCKSYNC_TARGET_EXEC", Wrapper.ofTarget(folder).write());
    assertNoOutput(program, "target", "output");
    assertEqual(before, target);
  }

  @Test
  void whatStandardOutputGoesToIsNoTargetWithJsonEither() throws IOException {
    Path target = images.path("target.img");
    assertNoOutput(
        Program.shell(
            "exec \"$@\" >" + Shell.quote(target),
            Repository.script("iblocksync"),
            "--json",
            source,
            target),
        "target",
        "output");
    // What was asked for is all that is there.
    assertTrue(Files.readString(target).contains("redirect that to another file"));
  }

  @Test
  void whatStandardOutputGoesToIsNoSource() throws IOException {
    Path before = images.copy(source, "before.img");
    assertNoOutput(
        Program.shell(
            "exec \"$@\" 1<>" + Shell.quote(source),
            Repository.script("iblocksync"),
            source,
            images.path("target.img")),
        "source",
        "output");
    assertEqual(before, source);
    assertFalse(Files.exists(images.path("target.img")));
  }

  @Test
  void whatStandardErrorGoesToIsNoTarget() throws IOException {
    Path target = images.path("target.img");
    Program.shell(
            "exec \"$@\" 2>" + Shell.quote(target), Repository.script("iblocksync"), source, target)
        .run()
        .ended(1);
    String text = Files.readString(target);
    assertTrue(
        text.matches("iblocksync: error: the target .* is where standard error goes.*\n"), text);
  }

  private void assertNoOutput(Program program, String role, String stream) throws IOException {
    program
        .run()
        .failed("the " + role + " ", " is where standard " + stream + " goes")
        .saidNothingElse();
  }

  @Test
  void aDeviceThatIsTooSmallIsRefusedBeforeItsSizeIsAskedAbout() throws IOException {
    Path target = images.random("target.img", SIZE - 512);
    Path before = images.copy(target, "before.img");
    try (LoopDevice device = LoopDevice.over(target)) {
      Result result = Program.iblocksync(source, device.path()).typed("y\n").run();
      result.failed("too small", device.path().toString()).saidNothingElse();
    }
    assertEqual(before, target);
  }

  @Test
  void aNewTargetWithoutRoomIsNotCreated() throws IOException {
    Path large = images.zeros("large.img", 300 << 20);
    Images.write(large, new byte[4 << 20]);
    Path small = images.random("small.img", SIZE);
    try (TinyFileSystem tiny = tiny()) {
      Path target = tiny.folder().resolve("target.img");
      for (String option : List.of("-f", "-n")) {
        Result result = Program.iblocksync(option, small, target).run().ended(1);
        assertTrue(result.says("has more than " + ROOM + " bytes that are not zero"));
        assertFalse(Files.exists(target));
      }
      // These are zeros, which need no room.
      Result result = Program.iblocksync(large, target).run().ended(0);
      assertTrue(result.says("what of it is not zero is counted first"), result.description());
      assertEqual(large, target);
      Files.delete(target);
      // Nor do holes, which need not be read either.
      Path sparse = images.zeros("sparse.img", SIZE);
      Images.write(sparse, new byte[1 << 19]);
      Program.iblocksync(sparse, target).run().succeeded();
      assertEqual(sparse, target);
    }
  }

  @Test
  void aTargetThatIsThereIsLeftAsItWasIfItHasNoRoom() throws IOException {
    try (TinyFileSystem tiny = tiny()) {
      Path target = tiny.folder().resolve("target.img");
      Path before = Files.copy(images.random("before.img", 200_000), target);
      FileTime time = FileTime.fromMillis(0);
      Files.setLastModifiedTime(target, time);
      String noRoom = "bytes that are not zero, for which the target's file system has no room";
      Result result = Program.iblocksync("-f", source, target).run().ended(1);
      assertTrue(result.says(noRoom), result.description());
      // So the next one has the same reason to ask.
      Program.iblocksync(source, target).run().failed("the size of the source image");
      assertEqual(before, target);
      assertEquals(time, Files.getLastModifiedTime(target));
      // What has the length of the source need not have its blocks.
      Commands.run("truncate", "-s", Integer.toString(SIZE), target.toString());
      result = Program.iblocksync(source, target).run().ended(1);
      assertTrue(result.says(noRoom), result.description());
    }
  }

  @Test
  void aDeviceThatHasMoreThanTheTargetHasRoomForIsRefusedBeforeTheFirstWrite() throws IOException {
    try (TinyFileSystem tiny = tiny();
        LoopDevice device = LoopDevice.over(source)) {
      Path target = tiny.folder().resolve("target.img");
      Path before = Files.copy(images.random("before.img", 200_000), target);
      Result result = Program.iblocksync("-f", device.path(), target).run().ended(1);
      assertTrue(
          result.says("bytes that are not zero, for which the target's file system has no room"),
          result.description());
      assertEqual(before, target);
    }
  }

  @Test
  void aTargetThatHasItsBlocksNeedsNoMoreRoom() throws IOException {
    try (TinyFileSystem tiny =
        TinyFileSystem.on(Files.createDirectory(images.path("tiny")), SIZE)) {
      Path target = tiny.folder().resolve("target.img");
      Files.write(target, new byte[SIZE]);
      Program.iblocksync(source, target).run().succeeded();
      assertEqual(source, target);
    }
  }

  private TinyFileSystem tiny() throws IOException {
    return TinyFileSystem.on(Files.createDirectory(images.path("tiny")), ROOM);
  }

  @Test
  void aTargetWithOtherNamesIsWarnedOf() throws IOException {
    Path target = images.copy(source, "target.img");
    Files.createLink(images.path("one.img"), target);
    for (String option : List.of("-f", "-n")) {
      Result result = Program.iblocksync(option, source, target).run().ended(0);
      assertTrue(
          result.says("the target " + target + " has another name (a hard link), which changes"),
          result.description());
    }
  }

  @Test
  void zerosOfADeviceNeedNoRoom() throws IOException {
    Path zeros = images.zeros("zeros.img", SIZE);
    try (LoopDevice device = LoopDevice.over(zeros);
        TinyFileSystem tiny =
            TinyFileSystem.on(Files.createDirectory(images.path("tiny")), 1 << 20)) {
      Path target = tiny.folder().resolve("target.img");
      Result result = Program.iblocksync(device.path(), target).run().ended(0);
      assertTrue(result.says("is counted first, by reading it"), result.description());
      assertEqual(zeros, target);
    }
  }

  @Test
  void aMountedTargetIsWrittenToOnlyIfJustThatIsForced() throws IOException {
    Path fileSystem = fileSystem();
    Path target = images.copy(fileSystem, "target.img");
    try (LoopDevice device = LoopDevice.over(target);
        OtherNamespace other = OtherNamespace.mount(device.path(), images.path("mount"))) {
      String where = images.path("mount") + " (as process " + other.process();
      Program.iblocksync("-f", fileSystem, device.path())
          .run()
          .failed("is mounted on " + where, "unmount it", "--force-in-use")
          .saidNothingElse();
      Result result =
          Program.iblocksync("--force-in-use", fileSystem, device.path()).run().ended(0);
      assertTrue(result.says("is mounted on " + where), result.description());
    }
  }

  @Test
  void aSecondRunIsRefusedInTheMiddleOfTheFirst() throws Exception {
    Path target = images.zeros("target.img", SIZE);
    // What the source sends comes to a halt after some hashes.
    Path stuck = Wrapper.ofSource(folder).stuckAfter(2000).write();
    Program first =
        Program.iblocksync("-b", "4K", source, target).with("IBLOCKSYNC_SOURCE_EXEC", stuck);
    try (Running running = first.start()) {
      String lock = ":" + Files.getAttribute(target, "unix:ino") + " ";
      Await.until(
          "a lock on the target", () -> Files.readString(Path.of("/proc/locks")).contains(lock));
      Program.iblocksync("-f", "--force-in-use", source, target)
          .run()
          .failed("another iblocksync is writing to it (process ");
      running.signal("TERM");
      running.await().ended(128 + 15);
    }
    Program.iblocksync(source, target).run().succeeded();
    assertEqual(source, target);
  }

  @Test
  void aSecondRunOnADeviceIsRefusedByAnotherNodeToo() throws Exception {
    Path stuck = Wrapper.ofSource(folder).stuckAfter(2000).write();
    try (LoopDevice device = LoopDevice.ofSize(images.path("target.img"), SIZE)) {
      Path node = images.path("node");
      String minor = device.path().toString().replaceAll("\\D", "");
      Commands.need("device node", "mknod", node.toString(), "b", "7", minor);
      String lock = ":" + Files.getAttribute(device.path(), "unix:ino") + " ";
      Program first =
          Program.iblocksync("-f", "--force-in-use", "-b", "4K", source, node)
              .with("IBLOCKSYNC_SOURCE_EXEC", stuck);
      try (Running running = first.start()) {
        Await.until(
            "a lock on the target", () -> Files.readString(Path.of("/proc/locks")).contains(lock));
        Program.iblocksync("-f", "--force-in-use", source, device.path())
            .run()
            .failed("another iblocksync is writing to it (process ")
            .saidNothingElse();
        running.signal("TERM");
        running.await().ended(128 + 15);
      }
      Program.iblocksync("-f", source, device.path()).run().ended(0);
      assertEqual(source, device.path());
    }
  }

  @Test
  void aSourceThatIsMountedReadWriteIsWarnedOf() throws IOException {
    Path fileSystem = fileSystem();
    Path target = images.path("target.img");
    try (LoopDevice device = LoopDevice.over(fileSystem);
        Mount mount = Mount.on(device.path(), images.path("mount"))) {
      Result result = Program.iblocksync(device.path(), target).run().ended(0);
      assertTrue(result.says(" is mounted read-write on " + mount.folder()), result.description());
      assertTrue(result.says("snapshot"), result.description());
      Commands.run("mount", "-o", "remount,ro", mount.folder().toString());
      Program.iblocksync(device.path(), target).run().succeeded();
      // By the file in which it lies, too.
      Commands.run("mount", "-o", "remount,rw", mount.folder().toString());
      result = Program.iblocksync(fileSystem, target).run().ended(0);
      assertTrue(result.says(" is mounted read-write on " + mount.folder()), result.description());
    }
  }

  @Test
  void aSourceThatChangesWhileItIsReadIsWarnedOf() throws IOException {
    Path target = images.path("target.img");
    // The source has told its image before the target's wrapper starts.
    Path wrapper = Wrapper.ofTarget(folder).before("echo more >>" + Shell.quote(source)).write();
    Result result =
        Program.iblocksync(source, target).with("IBLOCKSYNC_TARGET_EXEC", wrapper).run().ended(0);
    assertTrue(result.says("has changed while it was read"), result.description());
    assertEquals(SIZE, Files.size(target));
  }

  @Test
  void aSourceThatIsReplacedMeanwhileHasNotChanged() throws IOException {
    Path target = images.path("target.img");
    Path before = images.copy(source, "before.img");
    Path other = images.random("other.img", SIZE);
    Path wrapper =
        Wrapper.ofTarget(folder)
            .before("mv " + Shell.quote(other) + " " + Shell.quote(source))
            .write();
    Program.iblocksync(source, target).with("IBLOCKSYNC_TARGET_EXEC", wrapper).run().succeeded();
    assertEqual(before, target);
  }

  private Path fileSystem() throws IOException {
    Path image = images.zeros("fs.img", 2 << 20);
    Commands.run("mkfs.ext4", "-q", "-O", "^has_journal", image.toString());
    return image;
  }
}
