package io.iblocksync.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.protocol.DigestValue;
import io.iblocksync.protocol.ImageDigest;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import io.iblocksync.testing.FramePlace;
import io.iblocksync.testing.ScriptedCoordinator;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the settings of a run make of it. */
@Timeout(30)
class TargetEndpointTest {
  private static final int BLOCK = 4;
  private static final int SIZE = 42;

  @TempDir Path folder;

  private final ScriptedCoordinator coordinator = new ScriptedCoordinator();

  private byte[] image(int value) throws Exception {
    byte[] image = new byte[SIZE];
    Arrays.fill(image, (byte) value);
    Files.write(folder.resolve("image"), image);
    return image;
  }

  private FutureTask<Void> start(Path path, Setting flag) {
    return coordinator.start(
        () -> {
          try (TargetEndpoint receiver = new TargetEndpoint()) {
            long size = receiver.probe(path);
            assertTrue(receiver.room() > 0);
            Settings settings = Settings.NONE.with(flag, true);
            receiver.runFrames(coordinator.run(BLOCK, size, SIZE, settings));
          }
          return null;
        });
  }

  @Test
  void aDryRunTellsTheHashesAndChangesNothing() throws Exception {
    byte[] image = image(7);
    FutureTask<Void> session = start(folder.resolve("image"), Setting.DRY_RUN);
    assertEquals(11, assertInstanceOf(Hashes.class, coordinator.read()).blocks());
    coordinator.write(new Verdicts(0, new int[] {Verdicts.run(true, 11)}));
    coordinator.write(new Done(0, DigestValue.ZERO));
    assertEquals(new Done(0, DigestValue.ZERO), coordinator.read());
    session.get();
    assertEquals(SIZE, coordinator.stats().read());
    assertEquals(0, coordinator.stats().written());
    assertArrayEquals(image, Files.readAllBytes(folder.resolve("image")));
  }

  @Test
  void aDryRunOntoWhatIsMissingCreatesNothing() throws Exception {
    FutureTask<Void> session = start(folder.resolve("missing"), Setting.DRY_RUN);
    coordinator.write(new Done(0, DigestValue.ZERO));
    assertEquals(new Done(0, DigestValue.ZERO), coordinator.read());
    session.get();
    assertEquals(0, coordinator.stats().read());
    assertFalse(Files.exists(folder.resolve("missing")));
  }

  @Test
  void aTargetThatCannotBeOpenedInADryRunIsToldTheCoordinator() throws Exception {
    image(7);
    Path path = folder.resolve("image");
    try (TargetEndpoint receiver = new TargetEndpoint()) {
      long size = receiver.probe(path);
      Files.delete(path);
      Settings settings = Settings.NONE.with(Setting.DRY_RUN, true);
      coordinator.start(
          () -> {
            receiver.runFrames(coordinator.run(BLOCK, size, SIZE, settings));
            return null;
          });
      assertEquals(path + ": No such file or directory", coordinator.readToFailure().text());
    }
  }

  @Test
  void aDryRunTakesNoData() throws Exception {
    image(7);
    start(folder.resolve("image"), Setting.DRY_RUN);
    coordinator.read();
    coordinator.data(0, new byte[BLOCK]);
    assertEquals(
        "unexpected Data message, expected verdicts or done",
        FramePlace.removedFrom(coordinator.readToFailure().text()));
  }

  @Test
  void aTargetThatIsVerifiedIsReadAgainAndItsDigestTold() throws Exception {
    byte[] image = image(7);
    FutureTask<Void> session = start(folder.resolve("image"), Setting.VERIFY);
    coordinator.read();
    coordinator.write(new Verdicts(0, new int[] {1, Verdicts.run(true, 1), 9}));
    byte[] data = {1, 2, 3, 4};
    coordinator.data(BLOCK, data);
    coordinator.write(new Done(BLOCK, DigestValue.ZERO));
    System.arraycopy(data, 0, image, BLOCK, BLOCK);
    assertEquals(new Done(BLOCK, digest(image)), coordinator.read());
    session.get();
    assertEquals(2 * SIZE, coordinator.stats().read());
    assertTrue(coordinator.stats().verify() > 0);
    assertArrayEquals(image, Files.readAllBytes(folder.resolve("image")));
  }

  private static DigestValue digest(byte[] image) {
    ImageDigest digest = new ImageDigest(ScriptedCoordinator.ALGORITHM.length());
    for (int at = 0; at < image.length; at += BLOCK) {
      byte[] hash = new byte[ScriptedCoordinator.ALGORITHM.length()];
      ByteBuffer block = ByteBuffer.wrap(image, at, Math.min(BLOCK, image.length - at));
      ScriptedCoordinator.ALGORITHM.newHasher().hash(block, hash, 0);
      digest.add(at / BLOCK, 1, hash, 0);
    }
    return digest.value();
  }
}
