package io.iblocksync.cli.original;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.grack.nanojson.JsonObject;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replays every recorded exchange of iblocksync 1.0.1, in both roles: lines are compared as JSON,
 * all else byte for byte.
 */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplayIT {
  @TempDir Path folder;

  @Test
  void ourEndpointsAnswerAsRecordedAndLeaveTheTargetExact() throws Exception {
    int replayed = 0;
    for (Session session : Transcripts.sessions()) {
      replayEndpoints(session);
      if (session.name().equals(Session.PARTIAL_UNCHANGED)) {
        replayEndpoints(session.withPartialBlocksSent());
      }
      replayed++;
    }
    System.out.println("replayed " + replayed + " recorded sessions with our endpoints");
    assertEquals(13, replayed);
  }

  @Test
  void ourEndpointsRefuseAsRecorded() throws Exception {
    int replayed = 0;
    for (Transcripts.Start start : Transcripts.starts()) {
      Files.write(folder.resolve("a.img"), new byte[16]);
      Exchange exchange = start.exchange();
      try (OurEndpoint endpoint =
          OurEndpoint.start(folder, start.executable(), exchange.arguments())) {
        endpoint.send(exchange.received()).endInput();
        assertAnswers(exchange, endpoint.from().readAllBytes(), start.name());
        endpoint.ended(exchange.exitStatus(), start.name());
        endpoint.saidOneLineAtMost(start.name());
      }
      replayed++;
    }
    System.out.println("replayed " + replayed + " recorded refusals with our endpoints");
    assertEquals(5, replayed);
  }

  @Test
  void ourCoordinatorSaysToRecordedEndpointsWhatTheyReceived() throws Exception {
    int replayed = 0;
    for (Session recorded : Transcripts.sessions()) {
      Session session = recorded.withPartialBlocksSent();
      Path serve = record("serve", session, session.serve());
      Path receive = record("receive", session, session.receive());
      Result result = sync(session, serve, receive);
      if (session.algorithm().contains("32")) {
        result.ended(0); // Beside whatever else there is, of the checksum is warned.
      } else if (session.accepted()) {
        result.succeeded();
      } else {
        result.forced();
      }
      assertStartedAndTold(session.serve(), serve, session.name());
      assertStartedAndTold(session.receive(), receive, session.name());
      replayed++;
    }
    System.out.println("replayed " + replayed + " recorded sessions with our coordinator");
    assertEquals(13, replayed);
  }

  @Test
  void aRecordedRefusalOfTheSourceNeverStartsTheTarget() throws IOException {
    Session session = Transcripts.sessions().get(0);
    for (String name : List.of("source image missing", "source is a directory")) {
      Exchange refusal = Transcripts.start(name).exchange();
      Path serve = record("serve", session, refusal);
      Path receive = record("receive", session, session.receive());
      JsonObject error = Json.parse(new String(refusal.sent(), StandardCharsets.UTF_8));
      sync(session, serve, receive).failed(error.getString("error")).saidNothingElse();
      assertNull(Player.received(receive), name);
      assertArrayEquals(refusal.received(), Player.received(serve), name);
    }
  }

  @Test
  void aRecordedRefusalOfTheTargetEndsTheSource() throws IOException {
    Session session = Transcripts.sessions().get(0);
    Exchange refusal = Transcripts.start("target's folder missing").exchange();
    Path serve = record("serve", session, session.serve());
    Path receive = record("receive", session, refusal);
    sync(session, serve, receive).failed("No such file or directory").saidNothingElse();
    assertArrayEquals(refusal.received(), Player.received(receive));
  }

  @Test
  void anEndpointThatKnowsOnlyAnotherVersionIsOneLine() throws IOException {
    Session session = Transcripts.sessions().get(0);
    Exchange refusal = Transcripts.start("another version's identifier").exchange();
    Path serve = record("serve", session, session.serve());
    Path receive = record("receive", session, refusal);
    sync(session, record("serve", session, refusal), receive).failed().saidNothingElse();
    sync(session, record("serve", session, session.serve()), receive).failed().saidNothingElse();
    assertTrue(Player.received(serve).length > 0);
  }

  private void replayEndpoints(Session session) throws Exception {
    Files.write(folder.resolve("source.img"), session.source());
    Path target = folder.resolve("target.img");
    Files.deleteIfExists(target);
    if (session.target() != null) {
      Files.write(target, session.target());
    }
    Exchange ofServe = session.serve();
    Exchange ofReceive = session.receive();
    try (OurEndpoint serve = OurEndpoint.start(folder, "iblocksync-serve", ofServe.arguments());
        OurEndpoint receive =
            OurEndpoint.start(folder, "iblocksync-receive", ofReceive.arguments())) {
      serve.send(ofServe.received()).endInput();
      receive.send(ofReceive.received()).endInput();
      assertAnswers(ofServe, serve.from().readAllBytes(), session.name() + ", serve");
      assertAnswers(ofReceive, receive.from().readAllBytes(), session.name() + ", receive");
      serve.ended(ofServe.exitStatus(), session.name());
      receive.ended(ofReceive.exitStatus(), session.name());
      serve.saidNothing(session.name());
      receive.saidNothing(session.name());
    }
    assertArrayEquals(session.targetAfter(), Files.readAllBytes(target), session.name());
    assertArrayEquals(session.source(), Files.readAllBytes(folder.resolve("source.img")));
  }

  /** Our coordinator on these endpoints; sizes that differ are accepted. */
  private Result sync(Session session, Path serve, Path receive) throws IOException {
    Files.write(folder.resolve("source.img"), session.source());
    String block = Integer.toString(session.blockSize());
    return Program.iblocksync(
            "-f", "-a", session.algorithm(), "-b", block, "source.img", "target.img")
        .in(folder)
        .with("IBLOCKSYNC_SOURCE_EXEC", Scripts.player(serve))
        .with("IBLOCKSYNC_TARGET_EXEC", Scripts.player(receive))
        .run();
  }

  private Path record(String role, Session session, Exchange exchange) throws IOException {
    Path file = Player.write(folder.resolve(role), exchange, session.digestBytes());
    Files.deleteIfExists(Path.of(file + ".received"));
    return file;
  }

  private static void assertStartedAndTold(Exchange exchange, Path recording, String name)
      throws IOException {
    assertEquals(exchange.arguments(), Player.arguments(recording), name);
    byte[] received = Player.received(recording);
    assertSame(exchange.received(), received, 2, name + ", " + recording.getFileName());
  }

  private static void assertAnswers(Exchange exchange, byte[] sent, String name) {
    assertSame(exchange.sent(), sent, 1, name);
  }

  /** Holds so many lines against each other as JSON, with what we add passed over. */
  private static void assertSame(byte[] recorded, byte[] actual, int lines, String name) {
    int recordedEnd = Exchange.end(recorded, lines);
    int actualEnd = Exchange.end(actual, lines);
    List<String> expectedLines = lines(recorded, recordedEnd);
    List<String> actualLines = lines(actual, actualEnd);
    assertEquals(expectedLines.size(), actualLines.size(), name + ": " + actualLines);
    for (int line = 0; line < expectedLines.size(); line++) {
      assertSameLine(expectedLines.get(line), actualLines.get(line), name);
    }
    assertEquals(rest(recorded, recordedEnd), rest(actual, actualEnd), name);
  }

  private static void assertSameLine(String recorded, String actual, String name) {
    if (!recorded.startsWith("{")) {
      assertEquals(recorded, actual, name);
      return;
    }
    JsonObject expected;
    JsonObject given;
    try {
      expected = Json.parse(recorded);
      given = Json.parse(actual);
    } catch (BrokenExchange e) {
      throw new AssertionError(name + ": " + e.getMessage(), e);
    }
    if (expected.has("error")) {
      assertEquals(expected.get("errno"), given.get("errno"), name);
      // Ours may say more after the system's own words.
      String error = given.getString("error");
      assertTrue(error.startsWith(expected.getString("error")), name + ": " + error);
      return;
    }
    for (String member : expected.keySet()) {
      assertEquals(expected.get(member), given.get(member), name + ", member " + member);
    }
    assertFalse(!expected.has("error") && given.has("error"), name + ": " + actual);
  }

  private static List<String> lines(byte[] bytes, int end) {
    String text = new String(bytes, 0, end, StandardCharsets.UTF_8);
    return new ArrayList<>(text.lines().toList());
  }

  private static String rest(byte[] bytes, int from) {
    return HexFormat.of().formatHex(Arrays.copyOfRange(bytes, from, bytes.length));
  }
}
