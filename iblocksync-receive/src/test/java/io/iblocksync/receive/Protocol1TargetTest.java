package io.iblocksync.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.iblocksync.protocol.Protocol1;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import io.iblocksync.receive.disk.TargetProbe;
import io.iblocksync.testing.Hex;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.ScriptedCoordinator;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class Protocol1TargetTest {
  @TempDir Path folder;

  private final Random random = TempImages.random("PlainTargetTest");
  private FutureTask<Void> session;

  @Test
  void theEndIsToldOnlyWhenAllIsWritten() throws Exception {
    ScriptedCoordinator coordinator = new ScriptedCoordinator(1 << 20);
    byte[] image = TempImages.bytes(random, 24 << 20);
    Path path = folder.resolve("image");
    start(coordinator, path, 1 << 20, image.length);
    coordinator.write(image);
    assertEquals(Protocol1.NAK, coordinator.plain().readByte());
    assertEquals(Protocol1.EOT, coordinator.plain().readByte());
    assertArrayEquals(image, Files.readAllBytes(path));
    coordinator.end();
    session.get();
  }

  @Test
  void signalsMayComeBeforeAnyDigestIsTaken() throws Exception {
    ScriptedCoordinator coordinator = new ScriptedCoordinator();
    byte[] image = TempImages.bytes(random, 5_003);
    Path path = Files.write(folder.resolve("image"), image);
    start(coordinator, path, 1, 5_000);
    byte[] signals = new byte[5_000];
    Arrays.fill(signals, (byte) Protocol1.NAK);
    signals[77] = Protocol1.ACK;
    coordinator.write(signals);
    coordinator.write(Hex.bytes("ab"));
    coordinator.plain().readFully(ByteBuffer.allocate(4 * 5_000));
    assertEquals(Protocol1.ACK, coordinator.plain().readByte());
    assertEquals(Protocol1.EOT, coordinator.plain().readByte());
    image[77] = (byte) 0xab;
    assertArrayEquals(Arrays.copyOf(image, 5_000), Files.readAllBytes(path));
  }

  @Test
  void anInputThatEndsAfterTheLastBlockIsNoFailure() throws Exception {
    ScriptedCoordinator coordinator = new ScriptedCoordinator();
    byte[] image = TempImages.bytes(random, 100_000);
    Path path = folder.resolve("image");
    start(coordinator, path, 4096, image.length);
    coordinator.write(image);
    coordinator.end();
    assertEquals(Protocol1.NAK, coordinator.plain().readByte());
    assertEquals(Protocol1.EOT, coordinator.plain().readByte());
    session.get();
    assertArrayEquals(image, Files.readAllBytes(path));
  }

  @Test
  void whatComesAfterTheLastBlockIsNotWritten() throws Exception {
    ScriptedCoordinator coordinator = new ScriptedCoordinator(1 << 20);
    Path path = Files.write(folder.resolve("image"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
    start(coordinator, path, 4, 7);
    coordinator.write(Hex.bytes("06 15 aaaaaaaa" + "bb".repeat(500_000)));
    coordinator.plain().readFully(ByteBuffer.allocate(2 * 4));
    assertEquals(Protocol1.ACK, coordinator.plain().readByte());
    assertEquals(Protocol1.EOT, coordinator.plain().readByte());
    session.get();
    assertArrayEquals(Hex.bytes("aaaaaaaa 050607"), Files.readAllBytes(path));
  }

  @Test
  void aDeviceIsComparedAsItIsOnItsMedium() throws Exception {
    ScriptedCoordinator coordinator = new ScriptedCoordinator();
    Path backing = folder.resolve("backing");
    try (LoopDevice device = LoopDevice.ofSize(backing, 4096);
        FileChannel held = FileChannel.open(device.path())) {
      held.read(ByteBuffer.allocate(4096));
      byte[] bytes = TempImages.bytes(random, 4096);
      try (FileChannel file = FileChannel.open(backing, StandardOpenOption.WRITE)) {
        file.write(ByteBuffer.wrap(bytes));
      }
      start(coordinator, device.path(), 4096, 4096);
      byte[] expected = new byte[4];
      ScriptedCoordinator.ALGORITHM.newHasher().hash(ByteBuffer.wrap(bytes), expected, 0);
      ByteBuffer digest = ByteBuffer.allocate(4);
      coordinator.plain().readFully(digest);
      assertArrayEquals(expected, digest.array());
      coordinator.write(new byte[] {Protocol1.NAK});
      assertEquals(Protocol1.NAK, coordinator.plain().readByte());
      assertEquals(Protocol1.EOT, coordinator.plain().readByte());
      session.get();
    }
  }

  @Test
  void theRestOfALongerTargetIsKeptIfAskedForAndNotToldAsCut() throws Exception {
    ScriptedCoordinator coordinator = new ScriptedCoordinator();
    Path path = Files.write(folder.resolve("image"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
    start(coordinator, path, 4, 4, Settings.NONE.with(Setting.KEEP_REST, true));
    coordinator.write(Hex.bytes("06 aaaaaaaa"));
    coordinator.plain().readFully(ByteBuffer.allocate(4));
    assertEquals(Protocol1.NAK, coordinator.plain().readByte());
    assertEquals(Protocol1.EOT, coordinator.plain().readByte());
    session.get();
    assertArrayEquals(Hex.bytes("aaaaaaaa 0506070809"), Files.readAllBytes(path));
  }

  @Test
  void aFailureAtTheEndIsNoEnd() throws Exception {
    ScriptedCoordinator coordinator = new ScriptedCoordinator();
    Path path = Files.write(folder.resolve("image"), new byte[] {1, 2, 3, 4});
    start(coordinator, path, 4, 4);
    coordinator.plain().readFully(ByteBuffer.allocate(4));
    Files.write(path, new byte[0]);
    coordinator.write(new byte[] {Protocol1.NAK});
    ExecutionException e = assertThrows(ExecutionException.class, session::get);
    assertEquals(
        path + ": is 0 bytes long, expected 4 (was it truncated by another program?)",
        e.getCause().getMessage());
  }

  @Test
  void aSignalThatIsNoneEndsTheSession() throws Exception {
    ScriptedCoordinator coordinator = new ScriptedCoordinator();
    Path path = Files.write(folder.resolve("image"), new byte[8]);
    start(coordinator, path, 4, 8);
    coordinator.write(new byte[] {Protocol1.NAK, 9});
    ExecutionException e = assertThrows(ExecutionException.class, session::get);
    assertEquals(
        "the signal for block 1 is byte 9, expected ACK (6) or NAK (21)",
        e.getCause().getMessage());
  }

  @Test
  void anInputThatEndsBeforeTheLastBlockLeavesTheLengthAsItIs() throws Exception {
    ScriptedCoordinator coordinator = new ScriptedCoordinator();
    Path path = Files.write(folder.resolve("image"), new byte[80]);
    start(coordinator, path, 4, 8);
    coordinator.write(new byte[] {Protocol1.NAK, Protocol1.ACK, 1, 2, 3});
    coordinator.end();
    assertThrows(ExecutionException.class, session::get);
    assertArrayEquals(new byte[80], Files.readAllBytes(path));
  }

  @Test
  void anInputThatEndsBeforeTheFirstBlockChangesNothing() throws Exception {
    ScriptedCoordinator coordinator = new ScriptedCoordinator();
    Path path = Files.write(folder.resolve("image"), new byte[] {1, 2, 3});
    start(coordinator, path, 4, 80);
    coordinator.write(new byte[] {Protocol1.ACK});
    coordinator.end();
    assertThrows(ExecutionException.class, session::get);
    assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(path));
  }

  private void start(ScriptedCoordinator coordinator, Path path, int block, long sourceSize)
      throws IOException {
    start(coordinator, path, block, sourceSize, Settings.NONE);
  }

  private void start(
      ScriptedCoordinator coordinator, Path path, int block, long sourceSize, Settings settings)
      throws IOException {
    TargetProbe target = TargetProbe.of(path);
    Protocol1Target receiver =
        new Protocol1Target(coordinator.run(block, target.size(), sourceSize, settings), target);
    session =
        coordinator.start(
            () -> {
              try (target) {
                receiver.run();
              }
              return null;
            });
  }
}
