package io.iblocksync.receive.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.iblocksync.linux.ImageException;
import io.iblocksync.protocol.Settings;
import io.iblocksync.testing.LoopDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The order of the steps in a target's life, and its two kinds. */
@Timeout(60)
class TargetStateTest {
  private static final int SIZE = 1 << 20;

  @TempDir Path folder;

  @Test
  void aFileAndAMissingFileAreOfOneKindAndADeviceOfTheOther() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[SIZE]);
    try (Target file = open(path);
        Target missing = open(folder.resolve("missing"));
        LoopDevice loop = LoopDevice.ofSize(folder.resolve("backing"), SIZE);
        Target device = open(loop.path())) {
      assertInstanceOf(FileTarget.class, file);
      assertInstanceOf(FileTarget.class, missing);
      assertInstanceOf(DeviceTarget.class, device);
    }
  }

  @Test
  void eachStepSaysWhatWasExpectedInstead() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[SIZE]);
    try (Target target = open(path)) {
      assertUnexpected("PREPARE, not WRITE", () -> target.write(ByteBuffer.allocate(1), 0));
      assertUnexpected("PREPARE, not WRITE", () -> target.finish(SIZE));
      target.prepare(SIZE);
      assertUnexpected("WRITE, not PREPARE", () -> target.prepare(SIZE));
      assertUnexpected("WRITE, not CLOSE", target::reopen);
      target.finish(SIZE);
      assertUnexpected("CLOSE, not WRITE", () -> target.write(ByteBuffer.allocate(1), 0));
      target.reopen();
    }
  }

  @Test
  void eachStepOfAClosedTargetIsAnErrorAndNoBug() throws IOException {
    Path path = Files.write(folder.resolve("image"), new byte[SIZE]);
    Target target = open(path);
    target.close();
    target.close();
    assertClosed(() -> target.prepare(SIZE));
    assertClosed(() -> target.write(ByteBuffer.allocate(1), 0));
    assertClosed(() -> target.finish(SIZE));
    assertClosed(target::reopen);
  }

  @Test
  void aProbeOpensItsTargetOnceAndClosesIt() throws IOException {
    Path path = folder.resolve("image");
    Target target;
    try (TargetProbe probe = TargetProbe.of(path)) {
      target = probe.open(Settings.NONE);
      assertThrows(IllegalStateException.class, () -> probe.open(Settings.NONE));
      target.prepare(SIZE);
    }
    assertClosed(() -> target.write(ByteBuffer.allocate(1), 0));
    assertFalse(Files.exists(path));
  }

  private static Target open(Path path) throws ImageException {
    return TargetProbe.of(path).open(Settings.NONE);
  }

  private static void assertUnexpected(String states, Executable step) {
    IllegalStateException e = assertThrows(IllegalStateException.class, step);
    assertEquals("the target expects " + states, e.getMessage());
  }

  private static void assertClosed(Executable step) {
    ImageException e = assertThrows(ImageException.class, step);
    assertEquals("closed while in use", e.reason());
  }
}
