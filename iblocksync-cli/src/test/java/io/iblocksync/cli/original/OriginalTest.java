package io.iblocksync.cli.original;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Holds the scripted original against the recordings of the real one, and against itself. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OriginalTest {
  private static final int[] BLOCK_SIZES = {16, 512, 4096};

  @TempDir Path folder;

  @Test
  void theScriptedServeAnswersAsRecorded() throws IOException {
    for (Session session : Transcripts.sessions()) {
      Path image = Files.write(folder.resolve("source.img"), session.source());
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      OriginalServe serve =
          new OriginalServe(
              in(folder, session.serve()),
              new ByteArrayInputStream(session.serve().received()),
              out,
              Fault.NONE);
      assertEquals(session.serve().exitStatus(), serve.run(), session.name());
      assertEquals(text(session.serve().sent()), named(out, image), session.name());
    }
  }

  @Test
  void theScriptedReceiveAnswersAsRecordedAndLeavesTheSameTarget() throws IOException {
    for (Session session : Transcripts.sessions()) {
      Path image = folder.resolve("target.img");
      Files.deleteIfExists(image);
      if (session.target() != null) {
        Files.write(image, session.target());
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      OriginalReceive receive =
          new OriginalReceive(
              in(folder, session.receive()),
              new ByteArrayInputStream(session.receive().received()),
              out,
              Fault.NONE);
      assertEquals(session.receive().exitStatus(), receive.run(), session.name());
      assertEquals(text(session.receive().sent()), named(out, image), session.name());
      byte[] expected =
          session.name().equals(Session.PARTIAL_UNCHANGED)
              ? Arrays.copyOf(session.targetAfter(), 64)
              : session.targetAfter();
      assertArrayEquals(expected, Files.readAllBytes(image), session.name());
    }
  }

  @Test
  void theScriptedEndpointsRefuseAsRecorded() throws IOException {
    for (Transcripts.Start start : Transcripts.starts()) {
      Path image = Files.write(folder.resolve("a.img"), new byte[16]);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayInputStream in = new ByteArrayInputStream(start.exchange().received());
      String[] arguments = in(folder, start.exchange());
      OriginalEndpoint endpoint =
          start.executable().endsWith("serve")
              ? new OriginalServe(arguments, in, out, Fault.NONE)
              : new OriginalReceive(arguments, in, out, Fault.NONE);
      assertEquals(start.exchange().exitStatus(), endpoint.run(), start.name());
      assertEquals(text(start.exchange().sent()), named(out, image), start.name());
    }
  }

  @Test
  void theScriptedCoordinatorSaysWhatWasRecorded() throws Exception {
    for (Session session : Transcripts.sessions()) {
      for (OriginalCoordinator.DigestOrder order : OriginalCoordinator.DigestOrder.values()) {
        ByteArrayOutputStream toServe = new ByteArrayOutputStream();
        ByteArrayOutputStream toReceive = new ByteArrayOutputStream();
        Endpoints.Running serve = play(session.serve(), session, toServe);
        Endpoints.Running receive = play(session.receive(), session, toReceive);
        OriginalCoordinator coordinator =
            new OriginalCoordinator(serve.peer(), receive.peer(), order, true);
        assertEquals(0, coordinator.run(), session.name());
        serve.ended(0, session.name());
        receive.ended(0, session.name());
        assertEquals(text(session.serve().received()), text(toServe.toByteArray()));
        assertEquals(text(session.receive().received()), text(toReceive.toByteArray()));
        serve.close();
        receive.close();
      }
    }
  }

  @Test
  void aCoordinatorThatSendsPartialBlocksMakesEveryRecordedTargetExact() throws IOException {
    for (Session recorded : Transcripts.sessions()) {
      Session session = recorded.withPartialBlocksSent();
      Path image = folder.resolve("target.img");
      Files.deleteIfExists(image);
      if (session.target() != null) {
        Files.write(image, session.target());
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayInputStream in = new ByteArrayInputStream(session.receive().received());
      new OriginalReceive(in(folder, session.receive()), in, out, Fault.NONE).run();
      assertEquals(text(session.receive().sent()), named(out, image), session.name());
      assertArrayEquals(session.source(), Files.readAllBytes(image), session.name());
    }
  }

  @Test
  void threeScriptedPartsSyncImagesOfAllSizesThatTheOriginalAccepts() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed of the scripted original's images: " + seed);
    Random random = new Random(seed);
    for (ImagePair.Kind kind : ImagePair.Kind.values()) {
      for (OriginalCoordinator.DigestOrder order : OriginalCoordinator.DigestOrder.values()) {
        ImagePair pair = ImagePair.random(random, kind, BLOCK_SIZES[random.nextInt(3)]);
        String algorithm = Digests.ALGORITHMS[random.nextInt(Digests.ALGORITHMS.length)];
        String what = pair + " with " + algorithm + ", seed " + seed;
        Path source = Files.write(folder.resolve("source.img"), pair.source());
        Path target = folder.resolve("target.img");
        Files.deleteIfExists(target);
        if (pair.target() != null) {
          Files.write(target, pair.target());
        }
        String block = Integer.toString(pair.blockSize());
        Endpoints.Running serve =
            Endpoints.start(
                (in, out) ->
                    new OriginalServe(arguments(block, algorithm, source), in, out, Fault.NONE)
                        .run());
        Endpoints.Running receive =
            Endpoints.start(
                (in, out) ->
                    new OriginalReceive(arguments(block, algorithm, target), in, out, Fault.NONE)
                        .run());
        OriginalCoordinator coordinator =
            new OriginalCoordinator(serve.peer(), receive.peer(), order, true);
        int status = coordinator.run();
        serve.endInput();
        receive.endInput();
        int expected = pair.acceptedByTheOriginal() ? 0 : 1;
        assertEquals(expected, status, what + ": " + coordinator.message);
        serve.ended(expected, what);
        receive.ended(expected, what);
        byte[] left = Files.readAllBytes(target);
        if (expected == 0) {
          // Its padding of an equal partial block is known, and all else must be exact.
          assertArrayEquals(pair.source(), Arrays.copyOf(left, pair.source().length), what);
        } else {
          assertArrayEquals(pair.target(), left, what);
        }
      }
    }
  }

  private static String[] arguments(String block, String algorithm, Path path) {
    return new String[] {"--block", block, "--algo", algorithm, path.toString()};
  }

  private static Endpoints.Running play(
      Exchange exchange, Session session, ByteArrayOutputStream log) throws IOException {
    return Endpoints.start(
        (in, out) -> {
          new Player(exchange, session.digestBytes()).play(in, out, log);
          return 0;
        });
  }

  /** The recorded arguments, the image's path being that of a file of the folder. */
  private static String[] in(Path folder, Exchange exchange) {
    String[] arguments = exchange.arguments().toArray(String[]::new);
    arguments[4] = folder.resolve(arguments[4]).toString();
    return arguments;
  }

  /** What was sent, with the image's path as it was recorded. */
  private static String named(ByteArrayOutputStream out, Path image) {
    String path = HexFormat.of().formatHex(image.toString().getBytes(StandardCharsets.UTF_8));
    String name =
        HexFormat.of().formatHex(image.getFileName().toString().getBytes(StandardCharsets.UTF_8));
    return text(out.toByteArray()).replace(path, name);
  }

  private static String text(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
