package io.iblocksync.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.image.ImageReader;
import io.iblocksync.protocol.Checksums;
import io.iblocksync.protocol.Features;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Alive;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.Message.Failure;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.PeerGoneException;
import io.iblocksync.protocol.PeerSilentException;
import io.iblocksync.protocol.PieceHasher;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.FramePlace;
import io.iblocksync.testing.Hex;
import io.iblocksync.testing.ScriptedCoordinator;
import io.iblocksync.testing.StandardError;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SourceSessionTest {
  private static final int BLOCK = 4;
  private static final int PIECE = PieceHasher.PIECE;

  /** What the smallest window holds: two chunks of 1024 blocks. */
  private static final int WINDOW = 2 * 1024 * BLOCK;

  @TempDir Path folder;

  private final Random random = TempImages.random("SourceSessionTest");
  private final ScriptedCoordinator coordinator = new ScriptedCoordinator();
  private Settings settings = Settings.NONE;
  private Path path;
  private byte[] image;
  private FutureTask<Void> session;

  @Test
  void anEmptyImageIsDoneAtOnce() throws Exception {
    start(0, 0);
    assertEquals(0, assertInstanceOf(Done.class, coordinator.read()).bytes());
    session.get();
  }

  @Test
  void anImageThatHoldsMoreThanItSaysFails() throws Exception {
    SourceGuard guard = SourceGuard.of(Files.createFile(folder.resolve("image")));
    // A file that says that it has no bytes.
    try (ImageReader reader = ImageReader.open(Path.of("/proc/version"))) {
      SourceSession source = new SourceSession(coordinator.run(BLOCK, 0, 0), reader, guard);
      session =
          coordinator.start(
              () -> {
                source.run();
                return null;
              });
      assertEquals(
          "/proc/version: has more bytes than its size says (0), and so cannot be an image",
          assertInstanceOf(Failure.class, coordinator.read()).text());
      assertThrows(ExecutionException.class, session::get);
    }
  }

  @Test
  void anImageThatGrowsMeanwhileIsDoneWithAWarning() throws Exception {
    try (StandardError errors = new StandardError()) {
      start(8, 8);
      assertInstanceOf(Hashes.class, coordinator.read());
      Files.write(path, new byte[4], StandardOpenOption.APPEND);
      coordinator.verdict(0, false, 2);
      assertEquals(0, assertInstanceOf(Done.class, coordinator.read()).bytes());
      session.get();
      assertTrue(errors.text().contains(path + " has changed while it was read"), errors.text());
    }
  }

  @Test
  void onlyWhatDiffersIsSent() throws Exception {
    start(100, 100);
    assertEquals(25, assertInstanceOf(Hashes.class, coordinator.read()).blocks());
    coordinator.write(
        new Verdicts(0, new int[] {3, Verdicts.run(true, 2), 19, Verdicts.run(true, 1)}));
    assertData(12, 20);
    assertData(96, 100);
    assertEquals(12, assertInstanceOf(Done.class, coordinator.read()).bytes());
    session.get();
  }

  @Test
  void whatTheTargetLacksIsSentWithoutAVerdict() throws Exception {
    start(103, 8);
    assertEquals(2, assertInstanceOf(Hashes.class, coordinator.read()).blocks());
    coordinator.verdict(0, false, 2);
    assertData(8, 103);
    assertEquals(95, assertInstanceOf(Done.class, coordinator.read()).bytes());
    session.get();
  }

  @Test
  void itSaysThatItIsAliveWhileItWaits() throws Exception {
    settings = Settings.NONE.with(Setting.TIMEOUT, 2);
    start(8, 8);
    assertInstanceOf(Hashes.class, coordinator.read());
    assertInstanceOf(Alive.class, coordinator.read());
    coordinator.verdict(0, true, 2);
    assertData(0, 8);
    assertEquals(8, assertInstanceOf(Done.class, coordinator.read()).bytes());
    session.get();
  }

  @Test
  void aCoordinatorThatIsSilentForTooLongIsToldSo() throws Exception {
    settings = Settings.NONE.with(Setting.TIMEOUT, 1);
    start(8, 8);
    String text = coordinator.readToFailure().text();
    assertEquals("no sign of life from the coordinator for 1 seconds", text);
    ExecutionException failure = assertThrows(ExecutionException.class, session::get);
    assertInstanceOf(PeerSilentException.class, failure.getCause().getCause());
  }

  @Test
  void ofABlockByPiecesOnlyThePiecesThatDifferAreSent() throws Exception {
    image = TempImages.bytes(random, 5 * PIECE + 10);
    coordinator.features(Features.PIECES);
    startWith(image, image.length, 1 << 20);
    coordinator.read();
    coordinator.write(new Verdicts(0, new int[] {Verdicts.runByPieces(1)}));
    byte[] hashes = new byte[6 * PieceHasher.HASH];
    PieceHasher hasher = new PieceHasher("");
    for (int i : new int[] {0, 3, 4}) {
      ByteBuffer piece = ByteBuffer.wrap(image, i * PIECE, PIECE);
      hasher.hash(piece, hashes, i * PieceHasher.HASH);
    }
    coordinator.write(new Pieces(0, 0, Arrays.copyOf(hashes, 16)));
    coordinator.write(new Pieces(0, 2, Arrays.copyOfRange(hashes, 16, 48)));
    assertData(PIECE, 3 * PIECE);
    assertData(5 * PIECE, 5 * PIECE + 10);
    assertInstanceOf(Done.class, coordinator.read());
    session.get();
  }

  @Test
  void piecesThatNobodyAskedForAreRefused() throws Exception {
    for (Pieces wrong :
        List.of(
            new Pieces(1, 0, new byte[8]),
            new Pieces(0, 1, new byte[8]),
            new Pieces(0, 0, new byte[16]))) {
      ScriptedCoordinator peer = new ScriptedCoordinator();
      peer.features(Features.PIECES);
      FutureTask<Void> lied = startWith(peer, TempImages.bytes(random, 100), 100, 100);
      peer.read();
      peer.write(new Verdicts(0, new int[] {Verdicts.runByPieces(1)}));
      peer.write(wrong);
      String text = peer.readToFailure().text();
      assertTrue(text.startsWith("PIECES of block "), text);
      assertThrows(ExecutionException.class, lied::get);
    }
  }

  @Test
  void verdictsByPiecesThatWereNotChosenAreRefused() throws Exception {
    start(100, 100);
    coordinator.read();
    coordinator.write(new Verdicts(0, new int[] {Verdicts.runByPieces(1)}));
    assertEquals(
        "VERDICTS run by pieces, but the feature 'pieces' was not chosen",
        FramePlace.removedFrom(coordinator.readToFailure().text()));
  }

  @Test
  void zerosAreNotCarried() throws Exception {
    image = TempImages.bytes(random, 40);
    Arrays.fill(image, 8, 20, (byte) 0);
    startWith(image, 40);
    coordinator.read();
    coordinator.verdict(0, true, 10);
    assertData(0, 8);
    Data zeros = assertInstanceOf(Data.class, coordinator.read());
    int crc = new Checksums().data(Encoding.ZEROS, 8, 12, ByteBuffer.allocate(0));
    assertEquals(new Data(Encoding.ZEROS, 8, 12, crc), zeros);
    assertData(20, 40);
    assertEquals(40, assertInstanceOf(Done.class, coordinator.read()).bytes());
    assertEquals(new Stats(40, 0, 3, 0, 0), coordinator.stats());
  }

  @Test
  void whatIsSentIsWhatWasHashedEvenIfTheImageChanges() throws Exception {
    start(4000, 4000);
    long blocks = assertInstanceOf(Hashes.class, coordinator.read()).blocks();
    assertEquals(1000, blocks);
    Files.write(path, new byte[4000]);
    coordinator.verdict(0, true, 1000);
    assertData(0, 4000);
  }

  @Test
  void noMoreIsReadThanTheWindowHoldsWhileVerdictsComeLate() throws Exception {
    start(10 * WINDOW, 10 * WINDOW);
    List<Hashes> hashes = new ArrayList<>();
    long blocks = 0;
    while (blocks < WINDOW / BLOCK) {
      hashes.add(assertInstanceOf(Hashes.class, coordinator.read()));
      blocks += hashes.get(hashes.size() - 1).blocks();
    }
    Thread.sleep(100);
    assertEquals(WINDOW / BLOCK, blocks);
    // What has not been read can still change: nothing past the window has been looked at.
    byte[] changed = TempImages.bytes(random, image.length - WINDOW);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(WINDOW);
      file.write(changed);
    }
    System.arraycopy(changed, 0, image, WINDOW, changed.length);
    coordinator.verdict(0, true, WINDOW / BLOCK);
    assertEquals(image.length, playOn(blocks, WINDOW / BLOCK));
  }

  @Test
  void anOutputThatNobodyReadsForAWhileDelaysAndBreaksNothing() throws Exception {
    start(5 * WINDOW, 5 * WINDOW);
    Thread.sleep(100);
    Hashes first = assertInstanceOf(Hashes.class, coordinator.read());
    coordinator.verdict(0, true, (int) first.blocks());
    Thread.sleep(100);
    assertFalse(session.isDone());
    assertEquals(5 * WINDOW, playOn(first.blocks(), first.blocks()));
  }

  @Test
  void aLieIsToldToTheCoordinatorWhileItStillWrites() throws Exception {
    for (byte[] lie :
        List.of(
            frame("00000014 02 0000000000000000 7fffffff 80000001 00000001"),
            frame("0000000c 02 0000000000000001 00000001"),
            frame("00000015 03 01 0000000000000000 0000000000000004 00000000"),
            frame("0000000c 01 0000000000000000 80000001"),
            frame("00000008 04 0000000000000000"),
            frame("00000005 05 00000000 41"),
            frame("41424344 45464748"))) {
      ScriptedCoordinator peer = new ScriptedCoordinator();
      FutureTask<Void> lied = start(peer, 5 * WINDOW, 5 * WINDOW);
      peer.write(lie);
      peer.write(new byte[200_000]);
      Failure failure = peer.readToFailure();
      assertEquals(0, failure.errno());
      assertFalse(failure.text().isEmpty());
      assertThrows(ExecutionException.class, lied::get);
    }
  }

  @Test
  void aVerdictOnWhatWasNotAnnouncedIsRefused() throws Exception {
    start(10 * WINDOW, 10 * WINDOW);
    coordinator.read();
    coordinator.verdict(0, true, 5 * WINDOW / BLOCK);
    String text = coordinator.readToFailure().text();
    assertTrue(text.startsWith("VERDICTS on blocks to 10240, but only "), text);
  }

  @Test
  void anImageThatBecomesShorterIsAFailureWithItsPlace() throws Exception {
    start(5 * WINDOW, 5 * WINDOW);
    Hashes first = assertInstanceOf(Hashes.class, coordinator.read());
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(WINDOW + 1);
    }
    coordinator.verdict(0, false, (int) first.blocks());
    long decided = first.blocks();
    Message message = coordinator.read();
    for (; message instanceof Hashes hashes; message = coordinator.read()) {
      coordinator.verdict(decided, false, (int) hashes.blocks());
      decided += hashes.blocks();
    }
    Failure failure = assertInstanceOf(Failure.class, message);
    assertTrue(
        failure.text().startsWith(path + ": ends at byte 8193 although it had 40960 bytes"),
        failure.text());
  }

  @Test
  void anInputThatEndsEndsTheSession() throws Exception {
    start(100, 100);
    coordinator.read();
    coordinator.end();
    assertGone();
  }

  @Test
  void aCoordinatorThatVanishesWhileTheOutputIsFullEndsTheSession() throws Exception {
    start(5 * WINDOW, 5 * WINDOW);
    Thread.sleep(50);
    coordinator.vanish();
    assertGone();
  }

  @Test
  void aCoordinatorThatVanishesAtAnyPointOfItsOutputEndsTheSession() throws Exception {
    byte[] verdicts = frame("00000014 02 0000000000000000 00000007 80000008 00000009");
    for (int length = 0; length < verdicts.length; length++) {
      ScriptedCoordinator peer = new ScriptedCoordinator();
      FutureTask<Void> stopped = start(peer, 100, 100);
      peer.read();
      peer.write(Arrays.copyOf(verdicts, length));
      peer.vanish();
      ExecutionException e = assertThrows(ExecutionException.class, stopped::get);
      assertInstanceOf(PeerGoneException.class, e.getCause());
    }
  }

  private void assertGone() {
    ExecutionException e = assertThrows(ExecutionException.class, session::get);
    assertInstanceOf(PeerGoneException.class, e.getCause());
  }

  /** All differs, each verdict comes when its hash has; returns the bytes sent. */
  private long playOn(long announced, long decided) throws Exception {
    long verdicts = decided;
    long at = 0;
    while (true) {
      Message message = coordinator.read();
      if (message instanceof Hashes hashes) {
        assertEquals(verdicts, hashes.first());
        verdicts += hashes.blocks();
        coordinator.verdict(hashes.first(), true, (int) hashes.blocks());
      } else if (message instanceof Data data) {
        assertEquals(at, data.offset());
        byte[] expected = Arrays.copyOfRange(image, (int) at, (int) (at + data.length()));
        assertArrayEquals(expected, coordinator.readBody(data));
        at += data.length();
      } else {
        assertEquals(at, assertInstanceOf(Done.class, message).bytes());
        session.get();
        return at;
      }
    }
  }

  private void assertData(int start, int end) throws IOException {
    Data data = assertInstanceOf(Data.class, coordinator.read());
    byte[] body = coordinator.readBody(data);
    assertArrayEquals(Arrays.copyOfRange(image, start, end), body);
    int crc = new Checksums().data(Encoding.RAW, start, end - start, ByteBuffer.wrap(body));
    assertEquals(new Data(Encoding.RAW, start, end - start, crc), data);
  }

  @Test
  void holesAreNotReadAndCrossAsOneFrameEach() throws Exception {
    long size = 1L << 40;
    int block = 4096;
    path = folder.resolve("sparse");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(size);
      file.seek(size / 2);
      file.write(new byte[] {1});
    }
    long readBefore = bytesRead();
    try (ImageReader reader = ImageReader.open(path)) {
      SourceSession source =
          new SourceSession(coordinator.run(block, size, 0), reader, SourceGuard.of(path));
      session =
          coordinator.start(
              () -> {
                source.run();
                return null;
              });
      long next = 0;
      int frames = 0;
      while (next < size) {
        Data data = assertInstanceOf(Data.class, coordinator.read());
        assertEquals(next, data.offset());
        coordinator.readBody(data);
        next += data.length();
        frames++;
      }
      assertEquals(size, assertInstanceOf(Done.class, coordinator.read()).bytes());
      session.get();
      // Not three: they are on their way before all is known, in parts of many GiB.
      assertTrue(frames < 5_000, frames + " frames");
    }
    long read = bytesRead() - readBefore;
    assertTrue(read < 64 << 20, read + " bytes were read");
  }

  /** By this process, in all ways. */
  private static long bytesRead() throws IOException {
    String first = Files.readAllLines(Path.of("/proc/self/io")).get(0);
    return Long.parseLong(first.substring("rchar: ".length()));
  }

  @Test
  void whatIsNotZeroMustFitIntoTheTarget() throws Exception {
    settings = settings.with(Setting.MAX_DATA, 1023);
    start(5000, 0);
    assertEquals(
        path
            + ": has more than 1023 bytes that are not zero, for which the target's file system has"
            + " no room; nothing was written",
        coordinator.readToFailure().text());
    assertThrows(ExecutionException.class, session::get);
  }

  @Test
  void anImageOfTheLargestSizeThereIsIsNoOverflow() throws Exception {
    Path large = Files.createTempFile(Path.of("/dev/shm"), "iblocksync", ".img");
    try {
      Commands.run("truncate", "-s", Long.toString(Long.MAX_VALUE), large.toString());
      try (ImageReader reader = ImageReader.open(large)) {
        SourceSession source =
            new SourceSession(
                coordinator.run(BLOCK, Long.MAX_VALUE, Long.MAX_VALUE, settings),
                reader,
                SourceGuard.of(large));
        session =
            coordinator.start(
                () -> {
                  source.run();
                  return null;
                });
        Hashes hashes = assertInstanceOf(Hashes.class, coordinator.read());
        assertTrue(hashes.runs().get(0).zeros());
        // It may be waiting for room to send more, and need not be awaited.
        coordinator.end();
      }
    } finally {
      Files.delete(large);
    }
  }

  @Test
  void zerosNeedNoRoomThoughTheyAreData() throws Exception {
    settings = settings.with(Setting.MAX_DATA, 1024);
    byte[] bytes = new byte[5000];
    bytes[600] = 1;
    bytes[4999] = 1;
    startWith(bytes, 0);
    for (Message message = coordinator.read(); !(message instanceof Done); ) {
      coordinator.readBody(assertInstanceOf(Data.class, message));
      message = coordinator.read();
    }
    session.get();
  }

  private void start(int size, long targetSize) throws IOException {
    session = start(coordinator, size, targetSize);
  }

  private FutureTask<Void> start(ScriptedCoordinator peer, int size, long targetSize)
      throws IOException {
    byte[] bytes = TempImages.bytes(random, size);
    for (int i = 0; i < size; i += BLOCK) {
      bytes[i] |= 1; // No block of zeros.
    }
    return startWith(peer, bytes, targetSize, BLOCK);
  }

  private void startWith(byte[] bytes, long targetSize) throws IOException {
    session = startWith(coordinator, bytes, targetSize, BLOCK);
  }

  private void startWith(byte[] bytes, long targetSize, int block) throws IOException {
    session = startWith(coordinator, bytes, targetSize, block);
  }

  private FutureTask<Void> startWith(
      ScriptedCoordinator peer, byte[] bytes, long targetSize, int block) throws IOException {
    image = bytes;
    path = Files.write(folder.resolve("image"), bytes);
    ImageReader reader = ImageReader.open(path);
    SourceSession source =
        new SourceSession(
            peer.run(block, bytes.length, targetSize, settings), reader, SourceGuard.of(path));
    return peer.start(
        () -> {
          try (reader) {
            source.run();
          }
          return null;
        });
  }

  private static byte[] frame(String digits) {
    return Hex.bytes(digits);
  }
}
