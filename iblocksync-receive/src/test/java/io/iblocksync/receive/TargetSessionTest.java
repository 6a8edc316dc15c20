package io.iblocksync.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.protocol.DigestValue;
import io.iblocksync.protocol.Features;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.Message.Failure;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.PeerGoneException;
import io.iblocksync.receive.disk.TargetProbe;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.FramePlace;
import io.iblocksync.testing.ScriptedCoordinator;
import io.iblocksync.testing.TempImages;
import io.iblocksync.testing.TinyFileSystem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TargetSessionTest {
  private static final int BLOCK = 4;

  /** The blocks that are hashed together. */
  private static final int CHUNK = 1024;

  @TempDir Path folder;

  private final Random random = TempImages.random("TargetSessionTest");
  private final ScriptedCoordinator coordinator = new ScriptedCoordinator();
  private Path path;
  private FutureTask<Void> session;

  @BeforeEach
  void usePath() {
    path = folder.resolve("image");
  }

  @Test
  void whatDiffersIsWrittenAndNothingElse() throws Exception {
    byte[] image = nonZero(103);
    start(image, 103);
    Hashes hashes = assertInstanceOf(Hashes.class, coordinator.read());
    assertEquals(26, hashes.blocks());
    assertDigests(image, hashes);
    coordinator.write(
        new Verdicts(0, new int[] {2, Verdicts.run(true, 3), 20, Verdicts.run(true, 1)}));
    byte[] data = TempImages.bytes(random, 9);
    coordinator.data(8, data);
    coordinator.zeros(17, 3);
    coordinator.data(100, new byte[] {1, 2, 3});
    coordinator.write(new Done(15, DigestValue.ZERO));
    assertEquals(15, assertInstanceOf(Done.class, coordinator.read()).bytes());
    session.get();
    System.arraycopy(data, 0, image, 8, 9);
    Arrays.fill(image, 17, 20, (byte) 0);
    image[100] = 1;
    image[101] = 2;
    image[102] = 3;
    assertArrayEquals(image, Files.readAllBytes(path));
  }

  @Test
  void theStatsCountWhatWasReadAndWrittenAndTheZerosAndTheFlush() throws Exception {
    byte[] image = nonZero(43);
    Arrays.fill(image, 8, 20, (byte) 0);
    start(image, 43);
    coordinator.read();
    coordinator.write(new Verdicts(0, new int[] {Verdicts.run(true, 1), 10}));
    coordinator.data(0, new byte[] {1, 2, 3, 4});
    coordinator.write(new Done(4, DigestValue.ZERO));
    assertEquals(4, assertInstanceOf(Done.class, coordinator.read()).bytes());
    Stats stats = coordinator.stats();
    assertEquals(new Stats(43, 4, 3, stats.flush(), 0), stats);
    assertTrue(stats.flush() > 0);
  }

  @Test
  void aMissingTargetBecomesTheSourceWithHolesForZeros() throws Exception {
    start((byte[]) null, 10_000_000);
    byte[] end = nonZero(10);
    coordinator.zeros(0, 10_000_000 - 10);
    coordinator.data(10_000_000 - 10, end);
    coordinator.write(new Done(10_000_000, DigestValue.ZERO));
    assertEquals(10, assertInstanceOf(Done.class, coordinator.read()).bytes());
    session.get();
    byte[] image = new byte[10_000_000];
    System.arraycopy(end, 0, image, image.length - 10, 10);
    assertArrayEquals(image, Files.readAllBytes(path));
  }

  @Test
  void aLongerTargetIsComparedUpToTheSourcesEndAndCut() throws Exception {
    byte[] image = nonZero(50);
    start(image, 41);
    Hashes hashes = assertInstanceOf(Hashes.class, coordinator.read());
    assertEquals(11, hashes.blocks());
    assertDigests(Arrays.copyOf(image, 41), hashes);
    coordinator.verdict(0, false, 11);
    coordinator.write(new Done(0, DigestValue.ZERO));
    assertEquals(0, assertInstanceOf(Done.class, coordinator.read()).bytes());
    assertArrayEquals(Arrays.copyOf(image, 41), Files.readAllBytes(path));
  }

  @Test
  void anImageOfTheLargestSizeThereIsIsNoOverflow() throws Exception {
    path = Files.createTempFile(Path.of("/dev/shm"), "iblocksync", ".img");
    try {
      Commands.run("truncate", "-s", Long.toString(Long.MAX_VALUE), path.toString());
      start(TargetProbe.of(path), Long.MAX_VALUE);
      Hashes hashes = assertInstanceOf(Hashes.class, coordinator.read());
      assertTrue(hashes.runs().get(0).zeros());
      // It may be waiting for room to send more, and need not be awaited.
      coordinator.end();
    } finally {
      Files.delete(path);
    }
  }

  @Test
  void anEmptySourceEmptiesTheTarget() throws Exception {
    start(nonZero(50), 0);
    coordinator.write(new Done(0, DigestValue.ZERO));
    assertEquals(0, assertInstanceOf(Done.class, coordinator.read()).bytes());
    assertEquals(0, Files.size(path));
  }

  @Test
  void dataBeforeItsVerdictIsRefused() throws Exception {
    byte[] image = startAndTakeHashes(40);
    coordinator.data(0, new byte[] {1, 2, 3, 4});
    assertRefused("DATA for bytes 0 to 4, expected none", image);
  }

  @Test
  void dataForABlockThatIsEqualIsRefused() throws Exception {
    byte[] image = startAndTakeHashes(40);
    coordinator.write(new Verdicts(0, new int[] {5, Verdicts.run(true, 5)}));
    coordinator.data(16, new byte[] {1, 2, 3, 4});
    assertRefused("DATA for bytes 16 to 20, expected from 20 to 40", image);
  }

  @Test
  void dataPastTheEndIsRefused() throws Exception {
    byte[] image = startAndTakeHashes(40);
    coordinator.verdict(0, true, 10);
    coordinator.data(0, new byte[44]);
    assertRefused("DATA for bytes 0 to 44, expected from 0 to 40", image);
  }

  @Test
  void dataThatComesTwiceIsRefused() throws Exception {
    byte[] image = startAndTakeHashes(40);
    coordinator.write(new Verdicts(0, new int[] {9, Verdicts.run(true, 1)}));
    byte[] last = {1, 2, 3, 4};
    coordinator.data(36, last);
    coordinator.data(36, last);
    assertEquals("DATA for bytes 36 to 40, expected none", refusal());
  }

  @Test
  void dataWithAWrongCheckIsNotWritten() throws Exception {
    byte[] image = startAndTakeHashes(40);
    coordinator.verdict(0, true, 10);
    coordinator.write(new Data(Encoding.ZEROS, 0, 40, 0x01020304));
    String text = refusal();
    assertTrue(text.startsWith("DATA for 40 bytes at 0 has CRC "), text);
    assertTrue(text.endsWith(", expected 1020304"), text);
    assertThrows(ExecutionException.class, session::get);
    assertArrayEquals(image, Files.readAllBytes(path));
  }

  @Test
  void compressedDataIsWrittenAsWhatItStandsFor() throws Exception {
    coordinator.features(Features.ZSTD);
    startAndTakeHashes(40);
    byte[] bytes = nonZero(40);
    coordinator.verdict(0, true, 10);
    coordinator.zstd(0, bytes);
    coordinator.write(new Done(40, DigestValue.ZERO));
    assertEquals(40, assertInstanceOf(Done.class, coordinator.read()).bytes());
    session.get();
    assertArrayEquals(bytes, Files.readAllBytes(path));
  }

  @Test
  void compressedDataThatCannotBeUndoneIsNotWritten() throws Exception {
    coordinator.features(Features.ZSTD);
    byte[] image = startAndTakeHashes(40);
    coordinator.verdict(0, true, 10);
    coordinator.write(new Data(Encoding.ZSTD, 0, 40, 0, 8));
    coordinator.write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    String text = coordinator.readToFailure().text();
    assertTrue(text.startsWith("DATA zstd cannot be decompressed: "), text);
    assertArrayEquals(image, Files.readAllBytes(path));
  }

  @Test
  void compressedDataThatWasNotChosenIsRefused() throws Exception {
    byte[] image = startAndTakeHashes(40);
    coordinator.verdict(0, true, 10);
    coordinator.zstd(0, nonZero(40));
    assertEquals("DATA of zstd, which was not chosen", refusal());
    assertArrayEquals(image, Files.readAllBytes(path));
  }

  @Test
  void withTooManyHashesWithoutAVerdictNoMoreAreAnnouncedUntilSomeCome() throws Exception {
    ScriptedCoordinator wide = new ScriptedCoordinator(1 << 16);
    int blocks = 700_000;
    TargetProbe target = TargetProbe.of(Files.write(path, nonZero(blocks * BLOCK)));
    TargetSession receiver =
        new TargetSession(wide.run(BLOCK, target.size(), target.size()), target);
    session =
        wide.start(
            () -> {
              try (target) {
                receiver.run();
              }
              return null;
            });
    long announced = 0;
    while (announced == 0 || wide.waiting() > 0) {
      announced += assertInstanceOf(Hashes.class, wide.read()).blocks();
      Thread.sleep(50); // in which another frame would have come
    }
    long most = (2 << 20) + 2 * Frames.MAX_BATCH;
    assertTrue(announced * ScriptedCoordinator.ALGORITHM.length() < most, announced + " hashes");
    wide.verdict(0, false, (int) announced);
    long decided = announced;
    while (announced < blocks) {
      announced += assertInstanceOf(Hashes.class, wide.read()).blocks();
    }
    wide.verdict(decided, false, (int) (announced - decided));
    wide.write(new Done(0, DigestValue.ZERO));
    assertInstanceOf(Done.class, wide.read());
    session.get();
  }

  @Test
  void verdictsOnBlocksThatWereNotHashedAreRefused() throws Exception {
    byte[] image = nonZero(100 * CHUNK * BLOCK);
    start(image, image.length);
    coordinator.read();
    coordinator.verdict(0, true, 100 * CHUNK);
    String text = coordinator.readToFailure().text();
    assertTrue(text.startsWith("VERDICTS on blocks to 102400, but only "), text);
    assertArrayEquals(image, Files.readAllBytes(path));
  }

  @Test
  void anEndBeforeAllIsDecidedIsRefused() throws Exception {
    byte[] image = startAndTakeHashes(40);
    coordinator.verdict(0, false, 9);
    coordinator.write(new Done(0, DigestValue.ZERO));
    assertRefused("DONE after 9 of 10 verdicts", image);
  }

  @Test
  void anEndBeforeAllHasComeIsRefusedAndTheFileNotCut() throws Exception {
    byte[] image = nonZero(50);
    start(image, 40);
    coordinator.read();
    coordinator.verdict(0, true, 10);
    coordinator.write(new Done(40, DigestValue.ZERO));
    assertRefused("DONE after 10 of 10 verdicts, while data is expected from byte 0", image);
  }

  @Test
  void anEndWithAnotherSumIsRefused() throws Exception {
    byte[] image = startAndTakeHashes(40);
    coordinator.verdict(0, false, 10);
    coordinator.write(new Done(4, DigestValue.ZERO));
    assertRefused("unexpected Done message, expected a sum of 0 bytes", image);
  }

  @Test
  void messagesThatAreNotForATargetAreRefused() throws Exception {
    byte[] image = startAndTakeHashes(40);
    coordinator.write(new Failure(5, "no"));
    assertRefused("unexpected Failure message, expected verdicts, data or done", image);
  }

  @Test
  void aFailureIsToldWhileTheCoordinatorStillWrites() throws Exception {
    byte[] image = nonZero(100 * CHUNK * BLOCK);
    start(image, image.length);
    coordinator.write(new Failure(0, "x"));
    coordinator.write(new byte[200_000]);
    assertEquals("unexpected Failure message, expected verdicts, data or done", refusal());
  }

  @Test
  void anInputThatEndsTooEarlyEndsTheSessionAndDoesNotCut() throws Exception {
    byte[] image = nonZero(50);
    start(image, 40);
    coordinator.read();
    coordinator.verdict(0, false, 10);
    coordinator.end();
    ExecutionException e = assertThrows(ExecutionException.class, session::get);
    assertInstanceOf(PeerGoneException.class, e.getCause());
    assertArrayEquals(image, Files.readAllBytes(path));
  }

  @Test
  void anInputThatEndsWithinADataFrameWritesNothingOfIt() throws Exception {
    byte[] image = startAndTakeHashes(40);
    coordinator.verdict(0, true, 10);
    coordinator.write(new Data(Encoding.RAW, 0, 40, 0));
    coordinator.write(new byte[39]);
    coordinator.end();
    ExecutionException e = assertThrows(ExecutionException.class, session::get);
    assertInstanceOf(PeerGoneException.class, e.getCause());
    assertArrayEquals(image, Files.readAllBytes(path));
  }

  @Test
  void aTargetThatCannotBeOpenedIsToldAndWritesNothing() throws Exception {
    Files.write(path, new byte[0]);
    TargetProbe target = TargetProbe.of(path);
    Files.write(path, new byte[] {7});
    start(target, 1000);
    coordinator.data(0, new byte[500]);
    Failure failure = coordinator.readToFailure();
    assertEquals(path + ": changed since it was checked", failure.text());
    coordinator.data(500, new byte[500]);
    assertThrows(ExecutionException.class, session::get);
    assertArrayEquals(new byte[] {7}, Files.readAllBytes(path));
  }

  @Test
  void aNewTargetThatCannotBeMadeSoLongIsToldAndLeavesNothing() throws Exception {
    start((byte[]) null, Long.MAX_VALUE - 8);
    coordinator.data(0, nonZero(500));
    Failure failure = coordinator.readToFailure();
    assertTrue(failure.text().startsWith(path + ": File too large"), failure.text());
    assertEquals(27, failure.errno());
    assertThrows(ExecutionException.class, session::get);
    assertFalse(Files.exists(path));
  }

  @Test
  void aFullDiskIsToldAlthoughHashesThatNobodyTookAreBeforeIt() throws Exception {
    int hole = 16 * CHUNK * BLOCK;
    byte[] rest = nonZero(12 * CHUNK * BLOCK);
    try (TinyFileSystem full = TinyFileSystem.on(folder, hole)) {
      path = full.folder().resolve("image");
      try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
        file.seek(hole);
        file.write(rest);
      }
      start(TargetProbe.of(path), hole + rest.length);
      long hashed = 0;
      while (hashed < 6 * CHUNK) {
        hashed += assertInstanceOf(Hashes.class, coordinator.read()).blocks();
      }
      coordinator.verdict(0, true, 6 * CHUNK);
      // More than fits into any queue on the way: it is taken in although the output is stuck.
      for (int block = 0; block < 6 * CHUNK; block++) {
        coordinator.data(block * BLOCK, nonZero(BLOCK));
      }
      assertFalse(session.isDone());
      Failure failure = coordinator.readToFailure();
      assertEquals(28, failure.errno());
      assertTrue(failure.text().startsWith(path + ": No space left on device (at byte "));
      assertThrows(ExecutionException.class, session::get);
    }
  }

  @Test
  void blocksThatComeAfterTheDiskIsFullAreTakenInAndDropped() throws Exception {
    try (TinyFileSystem full = TinyFileSystem.on(folder, 64 << 10)) {
      path = full.folder().resolve("image");
      int size = 512 << 10;
      start((byte[]) null, size);
      for (int at = 0; at < size; at += 4096) {
        coordinator.data(at, nonZero(4096));
      }
      coordinator.write(new Done(size, DigestValue.ZERO));
      Failure failure = coordinator.readToFailure();
      assertEquals(28, failure.errno());
      assertTrue(
          failure.text().startsWith(path + ": No space left on device (at byte "), failure.text());
      assertThrows(ExecutionException.class, session::get);
    }
  }

  private byte[] startAndTakeHashes(int size) throws IOException {
    byte[] image = nonZero(size);
    start(image, size);
    assertInstanceOf(Hashes.class, coordinator.read());
    return image;
  }

  private void start(byte[] image, long sourceSize) throws IOException {
    if (image != null) {
      Files.write(path, image);
    }
    start(TargetProbe.of(path), sourceSize);
  }

  private void start(TargetProbe target, long sourceSize) throws IOException {
    TargetSession receiver =
        new TargetSession(coordinator.run(BLOCK, target.size(), sourceSize), target);
    session =
        coordinator.start(
            () -> {
              try (target) {
                receiver.run();
              }
              return null;
            });
  }

  private byte[] nonZero(int size) {
    byte[] bytes = TempImages.bytes(random, size);
    for (int i = 0; i < size; i += BLOCK) {
      bytes[i] |= 1;
    }
    return bytes;
  }

  private String refusal() throws IOException {
    Failure failure = coordinator.readToFailure();
    assertEquals(0, failure.errno());
    return FramePlace.removedFrom(failure.text());
  }

  private void assertRefused(String text, byte[] image) throws Exception {
    assertEquals(text, refusal());
    assertThrows(ExecutionException.class, session::get);
    assertArrayEquals(image, Files.readAllBytes(path));
  }

  private static void assertDigests(byte[] image, Hashes hashes) {
    int block = 0;
    for (HashRun run : hashes.runs()) {
      for (int i = 0; i < run.count(); i++, block++) {
        int start = block * BLOCK;
        byte[] expected = new byte[4];
        ByteBuffer bytes = ByteBuffer.wrap(image, start, Math.min(BLOCK, image.length - start));
        ScriptedCoordinator.ALGORITHM.newHasher().hash(bytes, expected, 0);
        int from = run.from() + 4 * i;
        assertArrayEquals(expected, Arrays.copyOfRange(run.digests(), from, from + 4));
      }
    }
  }
}
