package io.iblocksync.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.iblocksync.endpoint.SendQueue;
import io.iblocksync.protocol.DigestValue;
import io.iblocksync.protocol.Features;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.ImageDigest;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.PieceHasher;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import io.iblocksync.receive.disk.TargetProbe;
import io.iblocksync.testing.FramePlace;
import io.iblocksync.testing.ScriptedCoordinator;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The target tells the hashes of the pieces that it has of a block, and keeps what is equal. */
@Timeout(30)
class TargetPiecesTest {
  private static final int PIECE = PieceHasher.PIECE;
  private static final String SALT = "5a17";

  @TempDir Path folder;

  private final Random random = TempImages.random("TargetPiecesTest");
  private final ScriptedCoordinator coordinator = new ScriptedCoordinator();
  private Path path;
  private FutureTask<Void> session;

  @BeforeEach
  void choosePieces() {
    path = folder.resolve("image");
    coordinator.features(Features.PIECES);
  }

  @Test
  void onlyThePiecesThatComeAreWrittenAndAllOfTheBlockIsProved() throws Exception {
    int block = 2 * PIECE + 100;
    byte[] image = start(block, 3 * block - 50);
    awaitHashes(3);
    int[] runs = {Verdicts.runByPieces(1), 1, Verdicts.runByPieces(1)};
    coordinator.write(new Verdicts(0, runs));
    assertPieces(image, 0, 0, 0, block);
    assertPieces(image, 2, 0, 2 * block, 3 * block - 50);
    byte[] data = TempImages.bytes(random, PIECE);
    coordinator.data(PIECE, data);
    coordinator.data(3 * block - 150, Arrays.copyOf(data, 100));
    System.arraycopy(data, 0, image, PIECE, PIECE);
    System.arraycopy(data, 0, image, 3 * block - 150, 100);
    coordinator.write(new Done(PIECE + 100, DigestValue.ZERO));
    Done done = assertInstanceOf(Done.class, coordinator.read());
    assertEquals(new Done(PIECE + 100, digest(image, block)), done);
    session.get();
    assertArrayEquals(image, Files.readAllBytes(path));
  }

  @Test
  void aBlockOfWhichNoPieceComesStaysAndIsProved() throws Exception {
    int block = 3 * Frames.MAX_DATA / 2;
    byte[] image = start(block, 2 * block);
    awaitHashes(2);
    coordinator.write(new Verdicts(0, new int[] {1, Verdicts.runByPieces(1)}));
    // As many as are read at once, then the others.
    assertPieces(image, 1, 0, block, block + Frames.MAX_DATA);
    assertPieces(image, 1, Frames.MAX_DATA / PIECE, block + Frames.MAX_DATA, 2 * block);
    coordinator.write(new Done(0, DigestValue.ZERO));
    assertEquals(new Done(0, digest(image, block)), coordinator.read());
    assertArrayEquals(image, Files.readAllBytes(path));
  }

  @Test
  void ofATargetThatIsLongerNothingPastTheSourcesEndIsHashed() throws Exception {
    int block = 2 * PIECE;
    byte[] image = TempImages.bytes(random, 2 * block);
    start(image, block, block + PIECE + 1);
    awaitHashes(2);
    coordinator.write(new Verdicts(0, new int[] {1, Verdicts.runByPieces(1)}));
    assertPieces(image, 1, 0, block, block + PIECE + 1);
  }

  @Test
  void verdictsByPiecesThatWereNotChosenAreRefused() throws Exception {
    coordinator.features();
    byte[] image = start(4, 40);
    awaitHashes(10);
    coordinator.write(new Verdicts(0, new int[] {Verdicts.runByPieces(1)}));
    assertEquals(
        "VERDICTS run by pieces, but the feature 'pieces' was not chosen",
        FramePlace.removedFrom(coordinator.readToFailure().text()));
    assertArrayEquals(image, Files.readAllBytes(path));
  }

  @Test
  void runsPastAnyWindowAreRefusedInsteadOfFillingTheMemory() throws Exception {
    long blocks = 1 << 18;
    Geometry source = new Geometry(blocks * PIECE, PIECE);
    PieceSender pieces = new PieceSender(source, new SendQueue<>(), SALT);
    int[] runs = new int[1 << 10];
    for (int i = 0; i < runs.length; i++) {
      runs[i] = i % 2 == 0 ? 1 : Verdicts.runByPieces(1);
    }
    for (int i = 0; i < 128; i++) {
      pieces.decided(new Verdicts((long) i * runs.length, runs));
    }
    Verdicts more = new Verdicts(128L * runs.length, new int[] {Verdicts.runByPieces(1)});
    ProtocolException e = assertThrows(ProtocolException.class, () -> pieces.decided(more));
    assertEquals("more than 65536 runs of blocks to send pieces of", e.getMessage());
  }

  private byte[] start(int block, int size) throws IOException {
    byte[] image = TempImages.bytes(random, size);
    start(image, block, size);
    return image;
  }

  private void start(byte[] image, int block, int sourceSize) throws IOException {
    TargetProbe target = TargetProbe.of(Files.write(path, image));
    Settings settings = Settings.NONE.with(Setting.SALT, SALT);
    TargetSession receiver =
        new TargetSession(coordinator.run(block, image.length, sourceSize, settings), target);
    session =
        coordinator.start(
            () -> {
              try (target) {
                receiver.run();
              }
              return null;
            });
  }

  private void awaitHashes(long blocks) throws IOException {
    for (long told = 0; told < blocks; ) {
      told += assertInstanceOf(Hashes.class, coordinator.read()).blocks();
    }
  }

  private void assertPieces(byte[] image, long block, int first, int start, int end)
      throws IOException {
    Pieces pieces = assertInstanceOf(Pieces.class, coordinator.read());
    assertEquals(block, pieces.block());
    assertEquals(first, pieces.piece());
    byte[] hashes = new byte[PieceHasher.pieces(end - start) * PieceHasher.HASH];
    PieceHasher hasher = new PieceHasher(SALT);
    for (int at = start, i = 0; at < end; at += PIECE, i += PieceHasher.HASH) {
      hasher.hash(ByteBuffer.wrap(image, at, Math.min(PIECE, end - at)), hashes, i);
    }
    assertArrayEquals(hashes, pieces.hashes());
  }

  private static DigestValue digest(byte[] image, int block) {
    ImageDigest digest = new ImageDigest(ScriptedCoordinator.ALGORITHM.length());
    byte[] hash = new byte[ScriptedCoordinator.ALGORITHM.length()];
    Geometry geometry = new Geometry(image.length, block);
    for (long i = 0; i < geometry.blocks(); i++) {
      ByteBuffer bytes =
          ByteBuffer.wrap(image, (int) geometry.offset(i), geometry.length(i)).slice();
      ScriptedCoordinator.ALGORITHM.newHasher().hash(bytes, hash, 0);
      digest.add(i, 1, hash, 0);
    }
    return digest.value();
  }
}
