package io.iblocksync.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.Commands;
import io.iblocksync.testing.JavaProcess;
import io.iblocksync.testing.LoopDevice;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whose locks mean that an image is being written to. The whole program's are in SourceLockIT. */
@Timeout(60)
class WritersTest {
  private static final String IBLOCKSYNC = Locker.IBLOCKSYNC;

  @TempDir Path folder;
  private Path image;

  @BeforeEach
  void makeImage() throws IOException {
    image = Files.write(folder.resolve("image"), new byte[1 << 20]);
  }

  @Test
  void anImageThatNobodyHasLockedIsNotBeingWrittenTo() throws IOException {
    assertNull(Writers.of(image));
    try (LoopDevice device = LoopDevice.over(image)) {
      assertNull(Writers.of(device.path()));
    }
  }

  @Test
  void whatThisProcessHasLockedIsNoOtherWriter() throws IOException {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      channel.lock();
      assertNull(Writers.of(image));
    }
    try (NativeFile file = NativeFile.open(image, NativeFile.O_RDWR)) {
      assertTrue(file.tryLock(0, 0));
      assertNull(Writers.of(image));
    }
  }

  @Test
  void anIblocksyncWithALockOfEitherKindIsAWriter() throws IOException {
    try (Locker locker = new Locker("process", image, IBLOCKSYNC)) {
      assertEquals(locker.id(), Writers.of(image).process());
    }
    try (Locker locker = new Locker("descriptor", image, IBLOCKSYNC)) {
      assertEquals(locker.id(), Writers.of(image).process());
      assertNull(Writers.of(Files.createFile(folder.resolve("other"))));
    }
  }

  @Test
  void theLockOfAnotherProgramIsNoMatter() throws IOException {
    try (Locker locker = new Locker("descriptor", image, "qemu")) {
      assertNull(Writers.of(image), locker.id());
    }
  }

  @Test
  void whoCannotBeSeenMayBeAnIblocksync() throws IOException {
    try (Locker locker = new Locker("descriptor", image, IBLOCKSYNC)) {
      assertEquals("unknown", lookFromContainer(image), locker.id());
      assertEquals("nobody", lookFromContainer(Files.createFile(folder.resolve("other"))));
    }
  }

  private static String lookFromContainer(Path path) throws IOException {
    List<String> container = List.of("unshare", "--pid", "--fork", "--mount-proc");
    Commands.need("namespace", "unshare", "--pid", "--fork", "--mount-proc", "true");
    return JavaProcess.runUnder(container, List.of(Look.class, Writers.class), path.toString());
  }

  /** Says who is writing to an image. */
  static final class Look {
    public static void main(String[] args) throws IOException {
      Writers.Writer writer = Writers.of(Path.of(args[0]));
      System.out.print(writer == null ? "nobody" : writer.isKnown() ? "one" : "unknown");
    }
  }
}
