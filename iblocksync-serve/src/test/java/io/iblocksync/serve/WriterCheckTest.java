package io.iblocksync.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.Locker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WriterCheckTest {
  @TempDir Path folder;
  private Path image;
  private WriterCheck check;

  @BeforeEach
  void makeImage() throws IOException {
    image = Files.write(folder.resolve("image"), new byte[1 << 20]);
    check = new WriterCheck(image);
  }

  private Locker writer() throws IOException {
    return new Locker("process", image, Locker.IBLOCKSYNC);
  }

  private static void assertRefused(Locker writer, String what, Executable step) {
    String reason = assertThrows(ImageException.class, step).reason();
    assertEquals(
        "another iblocksync " + what + " (process " + writer.id() + ")", reason.split(":")[0]);
  }

  @Test
  void anImageThatNobodyWritesToPassesEachLook() throws IOException {
    check.start();
    check.await();
    check.beforeReading();
    check.await();
    check.afterReading();
  }

  @Test
  void aWriterThatIsThereFirstIsFoundByTheFirstLook() throws IOException {
    try (Locker writer = writer()) {
      check.start();
      assertRefused(writer, "is writing to it", check::await);
    }
  }

  @Test
  void aWriterThatComesWhileTheUserIsAskedIsFoundBeforeTheFirstByte() throws IOException {
    check.start();
    check.await();
    long start = System.nanoTime();
    try (Locker writer = writer()) {
      // In most cases the start of the writer has taken longer.
      while (System.nanoTime() - start < 2 * WriterCheck.FRESH_NANOS) {
        Thread.onSpinWait();
      }
      assertRefused(writer, "is writing to it", check::beforeReading);
    }
  }

  /** A file that is locked comes to the place at once, as no process could lock one so soon. */
  @Test
  void aWriterThatComesRightAfterTheFirstLookIsFoundBeforeDataIsSent() throws IOException {
    Path locked = Files.write(folder.resolve("locked"), new byte[1 << 20]);
    try (Locker writer = new Locker("process", locked, Locker.IBLOCKSYNC)) {
      check.start();
      check.await();
      Files.move(locked, image, StandardCopyOption.REPLACE_EXISTING);
      assertRefused(
          writer,
          "is writing to it",
          () -> {
            check.beforeReading(); // which waits itself if this test was held up
            check.await();
          });
    }
  }

  @Test
  void aWriterThatComesLaterIsFoundAfterTheLastByte() throws IOException {
    check.start();
    check.await();
    try (Locker writer = writer()) {
      assertRefused(writer, "has begun to write to it meanwhile", check::afterReading);
    }
  }
}
