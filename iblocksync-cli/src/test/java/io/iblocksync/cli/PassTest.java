package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.relay.Comparer;
import io.iblocksync.cli.relay.Outbox;
import io.iblocksync.cli.relay.Role;
import io.iblocksync.endpoint.Endpoint;
import io.iblocksync.endpoint.Run;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.protocol.Features;
import io.iblocksync.protocol.FrameReader;
import io.iblocksync.protocol.FrameWriter;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.ImageDigest;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import io.iblocksync.protocol.WireReader;
import io.iblocksync.protocol.WireWriter;
import io.iblocksync.receive.TargetEndpoint;
import io.iblocksync.serve.SourceEndpoint;
import io.iblocksync.testing.BoundedPipe;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A source and a target in this process with the smallest windows there can be, joined by pipes of
 * a few bytes and a coordinator that does nothing but what PROTOCOL.md asks of one.
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
    Side sourceSide = new Side(pipe);
    Side targetSide = new Side(pipe);
    FutureTask<Void> serving =
        sourceSide.start(new SourceEndpoint(), sourcePath, sourceInfo, targetInfo);
    FutureTask<Void> receiving =
        targetSide.start(new TargetEndpoint(), targetPath, targetInfo, sourceInfo);
    Pass pass = new Pass(sourceSide, targetSide, sourceInfo, targetInfo);
    pass.run();
    serving.get();
    receiving.get();
    assertArrayEquals(source, Files.readAllBytes(targetPath));
    return pass.bytes;
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

  /** One endpoint and the pipes to and from it. */
  private final class Side {
    private final BoundedPipe toEndpoint;
    private final BoundedPipe fromEndpoint;
    final Outbox outbox;
    final FrameReader in;

    Side(int pipe) {
      toEndpoint = new BoundedPipe(pipe);
      fromEndpoint = new BoundedPipe(pipe);
      outbox = new Outbox(toEndpoint.output(), "side", 1 << 16);
      in = new FrameReader(new WireReader(fromEndpoint.source(), false), ALGORITHM.length());
    }

    FutureTask<Void> start(Endpoint endpoint, Path path, ImageInfo own, ImageInfo other) {
      WireReader input = new WireReader(toEndpoint.source(), true);
      WireWriter output = new WireWriter(fromEndpoint.sink());
      FutureTask<Void> task =
          new FutureTask<>(
              () -> {
                try (endpoint) {
                  assertEquals(own.fileSize(), endpoint.probe(path));
                  endpoint.runFrames(
                      new Run(ALGORITHM, own, other, SETTINGS, features, 0, null, input, output));
                } finally {
                  fromEndpoint.end();
                }
                return null;
              });
      Thread thread = new Thread(task, "endpoint");
      thread.setDaemon(true);
      thread.start();
      return task;
    }
  }

  /** The least coordinator. */
  private final class Pass {
    private final FrameWriter frames = new FrameWriter(ALGORITHM.length());
    private final Side source;
    private final Side target;
    private final Comparer comparer;
    private volatile ImageDigest.Value digest;
    private long bytes;

    Pass(Side source, Side target, ImageInfo sourceInfo, ImageInfo targetInfo) {
      this.source = source;
      this.target = target;
      Run run = new Run(ALGORITHM, sourceInfo, targetInfo, Settings.NONE, 0, null, null);
      long common = run.commonBlocks();
      boolean shorter =
          common > 0
              && targetInfo.fileSize() < sourceInfo.fileSize()
              && run.otherGeometry().length(common - 1) < run.ownGeometry().length(common - 1);
      this.comparer = new Comparer(common, ALGORITHM.length(), shorter, this::tell);
      if (features.contains(Features.PIECES)) {
        comparer.askForPieces(true);
      }
    }

    void run() throws Exception {
      FutureTask<Void> reading = new FutureTask<>(() -> read(Role.TARGET, target));
      new Thread(reading, "read-target").start();
      read(Role.SOURCE, source);
      reading.get();
      source.outbox.close();
      target.outbox.close();
    }

    private void tell(Verdicts verdicts) throws InterruptedException {
      target.outbox.put(frame(verdicts, null), null);
      source.outbox.put(frame(verdicts, null), null);
    }

    private Void read(Role role, Side side) throws Exception {
      while (true) {
        Message message = side.in.read();
        if (pauseMillis > 0) {
          Thread.sleep(pauseMillis);
        }
        if (message instanceof Hashes hashes) {
          comparer.offer(role, hashes);
        } else if (message instanceof Data data && role == Role.SOURCE) {
          ByteBuffer body = ByteBuffer.allocate(data.bodyLength());
          side.in.readBody(data, body);
          bytes += data.length();
          target.outbox.put(frame(data, body.flip()), null);
        } else if (message instanceof Pieces pieces && role == Role.TARGET) {
          source.outbox.put(frame(pieces, null), null);
        } else if (message instanceof Done done) {
          if (role == Role.SOURCE) {
            digest = done.digest();
            target.outbox.put(frame(done, null), null);
          } else {
            assertEquals(digest, done.digest());
          }
          return null;
        } else if (!(message instanceof Stats)) {
          throw new IOException("unexpected " + message);
        }
      }
    }

    private ByteBuffer frame(Message message, ByteBuffer body) {
      int length = body == null ? Frames.MAX_BATCH : Frames.DATA_HEADER + body.remaining();
      ByteBuffer frame = ByteBuffer.allocate(Frames.HEADER + length);
      frames.write(message, frame);
      if (body != null) {
        frame.put(body);
      }
      return frame.flip();
    }
  }
}
