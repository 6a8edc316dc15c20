package io.iblocksync.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.iblocksync.image.ImageReader;
import io.iblocksync.linux.ImageException;
import io.iblocksync.protocol.PeerGoneException;
import io.iblocksync.protocol.Protocol1;
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
class Protocol1SourceTest {
  private static final int BLOCK = 4;

  @TempDir Path folder;

  private final Random random = TempImages.random("PlainSourceTest");
  private final ScriptedCoordinator coordinator = new ScriptedCoordinator();
  private byte[] image;
  private FutureTask<Void> session;

  @Test
  void digestsThenBlocksThenTheEndAreSent() throws Exception {
    start(42, 23);
    byte[] digests = receive(6 * 4);
    for (int i = 0; i < 6; i++) {
      byte[] expected = new byte[4];
      ByteBuffer block = ByteBuffer.wrap(image, i * BLOCK, BLOCK);
      ScriptedCoordinator.ALGORITHM.newHasher().hash(block, expected, 0);
      assertArrayEquals(expected, Arrays.copyOfRange(digests, 4 * i, 4 * i + 4));
    }
    int nak = Protocol1.NAK;
    int ack = Protocol1.ACK;
    signal(nak, ack, ack, nak, nak, ack);
    assertArrayEquals(Arrays.copyOfRange(image, 4, 12), receive(8));
    assertArrayEquals(Arrays.copyOfRange(image, 20, 42), receive(22));
    assertEquals(Protocol1.EOT, coordinator.plain().readByte());
    session.get();
  }

  @Test
  void aDeviceIsSentAsItIsOnItsMedium() throws Exception {
    Path backing = folder.resolve("backing");
    try (LoopDevice device = LoopDevice.ofSize(backing, 4096);
        FileChannel held = FileChannel.open(device.path())) {
      held.read(ByteBuffer.allocate(4096));
      byte[] bytes = TempImages.bytes(random, 4096);
      try (FileChannel file = FileChannel.open(backing, StandardOpenOption.WRITE)) {
        file.write(ByteBuffer.wrap(bytes));
      }
      start(ImageReader.open(device.path()), SourceGuard.of(device.path()), BLOCK);
      receive(4);
      signal(Protocol1.ACK);
      assertArrayEquals(bytes, receive(4096));
      assertEquals(Protocol1.EOT, coordinator.plain().readByte());
      session.get();
    }
  }

  @Test
  void blocksOfZerosHaveTheirDigests() throws Exception {
    start(new byte[10], 10);
    byte[] whole = new byte[4];
    byte[] part = new byte[4];
    ScriptedCoordinator.ALGORITHM.newHasher().hash(ByteBuffer.allocate(4), whole, 0);
    ScriptedCoordinator.ALGORITHM.newHasher().hash(ByteBuffer.allocate(2), part, 0);
    assertArrayEquals(whole, receive(4));
    assertArrayEquals(whole, receive(4));
    assertArrayEquals(part, receive(4));
  }

  @Test
  void anInputThatEndsAfterTheLastSignalIsNoFailure() throws Exception {
    start(4000, 4000);
    receive(4000);
    byte[] signals = new byte[1000];
    Arrays.fill(signals, (byte) Protocol1.ACK);
    coordinator.write(signals);
    coordinator.end();
    assertArrayEquals(image, receive(4000));
    assertEquals(Protocol1.EOT, coordinator.plain().readByte());
    session.get();
  }

  @Test
  void anInputThatEndsBeforeTheLastSignalEndsTheSession() throws Exception {
    start(40, 40);
    receive(40);
    signal(Protocol1.ACK, Protocol1.ACK);
    coordinator.end();
    ExecutionException e = assertThrows(ExecutionException.class, session::get);
    assertInstanceOf(PeerGoneException.class, e.getCause());
  }

  @Test
  void theEndIsNotSentOfAnImageThatHoldsMoreThanItSays() throws Exception {
    SourceGuard guard = SourceGuard.of(Files.createFile(folder.resolve("image")));
    // A file that says that it has no bytes.
    start(ImageReader.open(Path.of("/proc/version")), guard, 0);
    ExecutionException e = assertThrows(ExecutionException.class, session::get);
    assertInstanceOf(ImageException.class, e.getCause());
    assertEquals(0, coordinator.waiting());
  }

  private byte[] receive(int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    coordinator.plain().readFully(bytes);
    return bytes.array();
  }

  private void signal(int... signals) throws IOException {
    byte[] bytes = new byte[signals.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) signals[i];
    }
    coordinator.write(bytes);
  }

  private void start(int size, long targetSize) throws IOException {
    start(TempImages.bytes(random, size), targetSize);
  }

  private void start(byte[] bytes, long targetSize) throws IOException {
    image = bytes;
    Path path = Files.write(folder.resolve("image"), bytes);
    start(ImageReader.open(path), SourceGuard.of(path), targetSize);
  }

  private void start(ImageReader reader, SourceGuard guard, long targetSize) {
    Protocol1Source source =
        new Protocol1Source(coordinator.run(BLOCK, reader.size(), targetSize), reader, guard);
    session =
        coordinator.start(
            () -> {
              try (reader) {
                source.run();
              }
              return null;
            });
  }
}
