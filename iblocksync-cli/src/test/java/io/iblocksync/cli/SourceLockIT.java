package io.iblocksync.cli;

import static io.iblocksync.cli.it.Images.assertEqual;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import io.iblocksync.cli.it.Wrapper;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.Partition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A source that another run is writing to: X to A is under way when A to B starts, or begins. */
@Timeout(60)
class SourceLockIT {
  private static final int SIZE = 1 << 20;
  private static final Pattern WRITER =
      Pattern.compile("another iblocksync is writing to it \\(process (\\d+)\\)$");

  @TempDir Path folder;
  private Images images;
  private Path first;
  private Path middle;
  private Path last;

  @BeforeEach
  void makeImages() throws IOException {
    images = new Images(folder);
    first = images.random("x.img", SIZE);
    middle = images.random("a.img", SIZE);
    last = images.path("b.img");
  }

  /** Starts a run onto an image, which stands still in the middle, with the image locked. */
  private Running writing(Path from, Path to) throws Exception {
    Wrapper stuck = Wrapper.ofSource(folder).stuckAfter(5_000);
    Running running =
        Program.iblocksync("-f", "--force-in-use", "-b", "512", from, to)
            .with("IBLOCKSYNC_SOURCE_EXEC", stuck.write())
            .start();
    String lock = ":" + Files.getAttribute(to, "unix:ino") + " ";
    Await.until(
        "the target is locked", () -> Files.readString(Path.of("/proc/locks")).contains(lock));
    return running;
  }

  /** Asserts that an image is no source while a run writes to what may be another name of it. */
  private void assertRefused(Running writing, Path source) throws IOException {
    Result result =
        Program.iblocksync(source, last)
            .run()
            .failed(source + ": another iblocksync is writing to it (process ")
            .saidNothingElse();
    Matcher process = WRITER.matcher(result.error());
    assertTrue(process.find(), result.description());
    assertTrue(
        writing.processes().find(first.toString()).contains(Long.valueOf(process.group(1))),
        () -> result.error() + "\nbut the run's processes are " + ids(writing));
    assertFalse(Files.exists(last));
  }

  private String ids(Running running) {
    return running.processes().find(first.toString()).toString();
  }

  @Test
  void aFileThatIsBeingWrittenToIsNoSourceUntilThatHasEnded() throws Exception {
    try (Running writing = writing(first, middle)) {
      assertRefused(writing, middle);
      try (LoopDevice device = LoopDevice.over(middle)) {
        assertRefused(writing, device.path());
      }
      // To read what the other one reads is no matter.
      Program.iblocksync(first, images.path("c.img")).run().succeeded();
      writing.signal("TERM");
      writing.await();
    }
    Program.iblocksync(first, middle).run().succeeded();
    Program.iblocksync(middle, last).run().succeeded();
    assertEqual(first, last);
  }

  @Test
  void aDeviceThatIsBeingWrittenToIsNoSourceByAnyOfItsNames() throws Exception {
    try (LoopDevice device = LoopDevice.over(middle);
        LoopDevice other = LoopDevice.over(middle);
        Partition partition = Partition.of(device, 1, SIZE / 2, SIZE / 4);
        Running writing = writing(first, device.path())) {
      assertRefused(writing, device.path());
      assertRefused(writing, partition.path());
      assertRefused(writing, other.path());
      assertRefused(writing, middle);
    }
  }

  @Test
  void aDiskIsNoSourceWhileAPartitionOfItIsBeingWrittenTo() throws Exception {
    Path small = images.random("small.img", SIZE / 4);
    first = small;
    try (LoopDevice device = LoopDevice.over(middle);
        Partition partition = Partition.of(device, 1, SIZE / 2, SIZE / 4);
        Partition beside = Partition.of(device, 2, 0, SIZE / 2);
        Running writing = writing(small, partition.path())) {
      assertRefused(writing, device.path());
      assertRefused(writing, middle);
      Program.iblocksync(beside.path(), last).run().succeeded();
    }
  }

  @Test
  void whatLiesBesideInTheSameFileIsASource() throws Exception {
    try (LoopDevice start = LoopDevice.overPart(middle, 0, SIZE / 2);
        LoopDevice end = LoopDevice.overPart(middle, SIZE / 2, SIZE / 2)) {
      Path small = images.random("small.img", SIZE / 2);
      try (Running writing = writing(small, start.path())) {
        Program.iblocksync(end.path(), last).run().succeeded();
        assertTrue(writing.isAlive());
      }
    }
  }

  @Test
  void aSourceThatAnotherRunHasLockedButNotWrittenToIsCopiedAsItWas() throws Exception {
    Files.setLastModifiedTime(middle, FileTime.fromMillis(System.currentTimeMillis() - 60_000));
    readWhileLocked(false).succeeded();
    assertEqual(middle, last);
  }

  @Test
  void aSourceThatAnotherRunBeginsToWriteToFailsAtItsEnd() throws Exception {
    readWhileLocked(true)
        .failed(middle + ": another iblocksync has begun to write to it meanwhile (process ")
        .saidNothingElse();
  }

  /** A run reads an image; before it has come to the end, another one locks the image. */
  private Result readWhileLocked(boolean written) throws Exception {
    Path go = images.path("go");
    Path other = Files.createDirectory(images.path("other"));
    Wrapper paused = Wrapper.ofSource(other).pausedAfter(5_000, go);
    Program second =
        Program.iblocksync("-b", "512", middle, last)
            .with("IBLOCKSYNC_SOURCE_EXEC", paused.write());
    images.zeros("b.img", SIZE);
    try (Running reading = second.start()) {
      Await.until("it is being read", () -> !reading.processes().find("sleep\0000.1\0").isEmpty());
      try (Running writing = writing(first, middle)) {
        if (written) {
          images.change(middle, 512, 9); // as the first write does
        }
        Files.createFile(go);
        Result result = reading.await();
        assertTrue(writing.isAlive());
        assertEquals(Wrapper.cleanedUpOnce(), paused.log());
        return result;
      }
    }
  }
}
