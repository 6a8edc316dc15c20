package io.iblocksync.cli.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.endpoint.Endpoint;
import io.iblocksync.endpoint.Run;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.protocol.Features;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import io.iblocksync.protocol.WireReader;
import io.iblocksync.protocol.WireWriter;
import io.iblocksync.receive.TargetEndpoint;
import io.iblocksync.serve.SourceEndpoint;
import io.iblocksync.testing.TempImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A source, a target and the coordinator's relay in this process, with the smallest windows there
 * can be, joined by pipes of a few bytes.
 */
@Timeout(60)
class PassTest {
  private static final HashAlgorithm ALGORITHM = HashAlgorithm.CRC32;
  private static final Settings SETTINGS = Settings.NONE.with(Setting.SALT, "00ff10");
  private static final int[] BLOCKS = {1, 2, 7, 64, 1000, 4096, 9000};

  @TempDir Path folder;

  private final Random random = TempImages.random("PassTest");
  private int pauseMillis;
  private List<String> features = List.of();
  private Supplier<PieceChoice> choice = PieceChoice::new;

  /** How many verdicts there were on blocks that differ. */
  private long byPieces;

  private long asAWhole;

  @Test
  void randomImagesBecomeEqualThroughPipesOfAFewBytes() throws Exception {
    for (int round = 0; round < 40; round++) {
      byte[] source = image(random.nextInt(4) == 0 ? random.nextInt(20) : random.nextInt(20_000));
      byte[] target = random.nextInt(8) == 0 ? null : changed(source);
      sync(source, target, BLOCKS[random.nextInt(BLOCKS.length)], 1 + random.nextInt(64));
    }
  }

  @Test
  void randomImagesBecomeEqualWithCompression() throws Exception {
    features = List.of(Features.ZSTD);
    for (int round = 0; round < 10; round++) {
      byte[] source = image(random.nextInt(20_000));
      sync(source, changed(source), BLOCKS[random.nextInt(BLOCKS.length)], 1 + random.nextInt(64));
    }
    byte[] source = image((5 << 20) + 77);
    sync(source, changed(source), (2 << 20) + 1, 1 << 16);
  }

  @Test
  void randomImagesBecomeEqualPieceByPiece() throws Exception {
    for (int round = 0; round < 15; round++) {
      features = random.nextBoolean() ? List.of(Features.PIECES) : Features.ALL;
      byte[] source = image(random.nextInt(40_000));
      int[] blocks = {64, 4096, 4097, 9000, 16_000};
      sync(source, changed(source), blocks[random.nextInt(blocks.length)], 1 + random.nextInt(64));
    }
    byte[] source = image((5 << 20) + 77);
    source[200] = 1; // Blocks of zeros are not sent by pieces.
    source[(3 << 20) + 200] = 1;
    byte[] target = source.clone();
    target[100] ^= 1;
    target[(3 << 20) + 5] ^= 1;
    long moved = sync(source, target, (2 << 20) + 1, 1 << 16);
    assertTrue(moved <= 2 * 4096, moved + " bytes");
  }

  @Test
  void manyBlocksPieceByPieceThroughFullPipesDoNotWaitForEachOther() throws Exception {
    features = List.of(Features.PIECES);
    pauseMillis = 1;
    byte[] source = image(300_000);
    byte[] target = source.clone();
    for (int i = 0; i < target.length; i += 1000) {
      target[i] ^= 1;
    }
    sync(source, target, 1000, 1);
    sync(source, target, 5000, 16);
  }

  @Test
  void whereThePiecesSaveNothingBlocksGoAsAWholeAndTheImagesBecomeEqualAllTheSame()
      throws Exception {
    features = List.of(Features.PIECES);
    // A trial is a few blocks, and no link is slow.
    choice = () -> new PieceChoice(4_000, 40_000, 0);
    for (int round = 0; round < 10; round++) {
      byte[] source = image(100_000);
      byte[] target = changed(source);
      Arrays.fill(target, 0, Math.min(target.length, 60_000), (byte) 1);
      sync(source, target, 1000, 1 + random.nextInt(64));
    }
    assertTrue(byPieces > 0 && asAWhole > 0, byPieces + " by pieces, " + asAWhole + " as a whole");
  }

  @Test
  void aSecondPassMovesNothing() throws Exception {
    byte[] source = image(30_001);
    sync(source, changed(source), 7, 16);
    assertEquals(0, sync(source, source, 7, 16));
  }

  @Test
  void slowReadersOfBothSidesOnlyDelay() throws Exception {
    pauseMillis = 3;
    byte[] source = image(20_000);
    sync(source, changed(source), 1, 1000);
    sync(source, null, 64, 1000);
  }

  @Test
  void blocksLargerThanAFrameAndThanTheWindowGoAcross() throws Exception {
    byte[] source = image((5 << 20) + 77);
    sync(source, changed(source), (2 << 20) + 1, 1 << 16);
  }

  /** Syncs, checks the target and returns how many bytes of the image were moved. */
  private long sync(byte[] source, byte[] target, int blockSize, int pipe) throws Exception {
    Path sourcePath = Files.write(folder.resolve("source"), source);
    Path targetPath = folder.resolve("target");
    Files.deleteIfExists(targetPath);
    if (target != null) {
      Files.write(targetPath, target);
    }
    ImageInfo sourceInfo = info(blockSize, source.length);
    ImageInfo targetInfo = info(blockSize, target == null ? 0 : target.length);
    PipePeer sourcePeer = new PipePeer("source", ALGORITHM.length(), pipe, pauseMillis);
    PipePeer targetPeer = new PipePeer("target", ALGORITHM.length(), pipe, pauseMillis);
    FutureTask<Void> serving =
        start(new SourceEndpoint(), sourcePeer, sourcePath, sourceInfo, targetInfo);
    FutureTask<Void> receiving =
        start(new TargetEndpoint(), targetPeer, targetPath, targetInfo, sourceInfo);
    ImagePair images =
        new ImagePair(
            new Geometry(source.length, blockSize), new Geometry(targetInfo.fileSize(), blockSize));
    boolean pieces = features.contains(Features.PIECES);
    RelayOptions options = new RelayOptions(images, ALGORITHM, Settings.NONE, pieces, false);
    Relay relay = new Protocol2Relay(sourcePeer, targetPeer, options, choice.get());
    try {
      relay.run();
      sourcePeer.outbox().close();
      targetPeer.outbox().close();
    } finally {
      // If the relay has failed, an endpoint knows more of it.
      serving.get();
      receiving.get();
    }
    assertArrayEquals(source, Files.readAllBytes(targetPath));
    noteVerdicts(sourcePeer.sent(), images.commonBlocks());
    return relay.figures().transmittedBytes();
  }

  /** Checks that the source got each verdict before PIECES of the block, and counts verdicts. */
  private void noteVerdicts(List<Message> sent, long commonBlocks) {
    long decided = 0;
    for (Message message : sent) {
      if (message instanceof Verdicts verdicts) {
        assertEquals(decided, verdicts.first());
        for (int run : verdicts.runs()) {
          decided += Verdicts.count(run);
          byPieces += Verdicts.byPieces(run) ? Verdicts.count(run) : 0;
          asAWhole += Verdicts.differs(run) && !Verdicts.byPieces(run) ? Verdicts.count(run) : 0;
        }
      } else if (message instanceof Pieces pieces) {
        assertTrue(pieces.block() < decided, pieces.block() + " of " + decided);
      }
    }
    assertEquals(commonBlocks, decided);
  }

  private FutureTask<Void> start(
      Endpoint endpoint, PipePeer peer, Path path, ImageInfo own, ImageInfo other) {
    WireReader input = new WireReader(peer.toEndpoint.source(), true);
    WireWriter output = new WireWriter(peer.fromEndpoint.sink());
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              try (endpoint) {
                assertEquals(own.fileSize(), endpoint.probe(path));
                endpoint.runFrames(
                    new Run(ALGORITHM, own, other, SETTINGS, features, 0, null, input, output));
              } finally {
                peer.fromEndpoint.end();
              }
              return null;
            });
    Thread thread = new Thread(task, "endpoint");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static ImageInfo info(int blockSize, long size) {
    return new ImageInfo(blockSize, ALGORITHM.label(), "x", size, "", null);
  }

  /** Random bytes with zeros here and there. */
  private byte[] image(int size) {
    byte[] image = TempImages.bytes(random, size);
    for (int i = 0; size > 0 && i < 3; i++) {
      int start = random.nextInt(size);
      Arrays.fill(image, start, Math.min(size, start + size / 4), (byte) 0);
    }
    return image;
  }

  private byte[] changed(byte[] image) {
    byte[] changed = image;
    if (random.nextBoolean()) {
      int size = Math.max(0, image.length + random.nextInt(6_000) - 3_000);
      changed = Arrays.copyOf(image, size);
    } else {
      changed = image.clone();
    }
    for (int i = random.nextInt(5); changed.length > 0 && i > 0; i--) {
      int start = random.nextInt(changed.length);
      int end = Math.min(changed.length, start + 1 + random.nextInt(2_000));
      byte fill = (byte) random.nextInt(3);
      Arrays.fill(changed, start, end, fill);
    }
    return changed;
  }
}
