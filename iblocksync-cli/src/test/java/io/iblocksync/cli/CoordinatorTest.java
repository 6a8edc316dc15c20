package io.iblocksync.cli;

import static io.iblocksync.cli.ScriptedEndpoints.BLOCK;
import static io.iblocksync.cli.ScriptedEndpoints.BLOCKS;
import static io.iblocksync.cli.ScriptedEndpoints.DATA;
import static io.iblocksync.cli.ScriptedEndpoints.DIFFERING;
import static io.iblocksync.cli.ScriptedEndpoints.DONE;
import static io.iblocksync.cli.ScriptedEndpoints.VERDICTS;
import static io.iblocksync.cli.ScriptedEndpoints.answer;
import static io.iblocksync.cli.ScriptedEndpoints.await;
import static io.iblocksync.cli.ScriptedEndpoints.data;
import static io.iblocksync.cli.ScriptedEndpoints.frame;
import static io.iblocksync.cli.ScriptedEndpoints.hashes;
import static io.iblocksync.cli.ScriptedEndpoints.start;
import static io.iblocksync.cli.ScriptedEndpoints.take;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.location.LocationParser;
import io.iblocksync.cli.relay.EndpointException;
import io.iblocksync.cli.relay.Role;
import io.iblocksync.cli.terminal.ProgressStyle;
import io.iblocksync.protocol.DigestValue;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Failure;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.Message.Warning;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import io.iblocksync.testing.FramePlace;
import io.iblocksync.testing.StandardError;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The coordinator with endpoints that stop, lie and stall. */
@Timeout(30)
class CoordinatorTest {
  private static final String HOLD = "cat >/dev/null";

  @TempDir Path folder;

  private ScriptedEndpoints endpoints;
  private Settings settings = Settings.NONE;

  @BeforeEach
  void writeHonestEndpoints() throws IOException {
    endpoints = new ScriptedEndpoints(folder);
    endpoints.source(
        start(),
        endpoints.send("s1", hashes(Role.SOURCE)),
        take(VERDICTS),
        endpoints.send("s2", data(DIFFERING), frame(new Done(BLOCK, DigestValue.ZERO))));
    endpoints.target(
        start(),
        endpoints.send("t1", hashes(Role.TARGET)),
        take(VERDICTS + DATA + DONE),
        endpoints.send("t2", frame(new Done(BLOCK, DigestValue.ZERO))));
  }

  @AfterEach
  void noProcessIsLeft() {
    System.clearProperty("iblocksync.bin");
    List<ProcessHandle> left = ProcessHandle.current().descendants().toList();
    left.forEach(ProcessHandle::destroyForcibly);
    assertEquals(List.of(), left);
  }

  @Test
  void honestEndpointsAreSynced() throws Exception {
    Summary summary = coordinator().run();
    assertEquals(BLOCKS, summary.blocks());
    assertEquals(1, summary.updated());
    assertEquals(BLOCK, summary.bytes());
  }

  @Test
  void aSourceThatCannotServeIsSaidWithItsPathAndTheTargetIsNotStarted() throws Exception {
    endpoints.source(
        answer("{\"error\": \"No such file\\nor directory\", \"errno\": 2}"), "exit 1");
    endpoints.target("touch started");
    assertFails("iblocksync-serve: /source: No such file\\nor directory");
    assertFalse(Files.exists(endpoints.file("started")));
  }

  @Test
  void anEndpointThatAnswersWithSomethingElseIsQuoted() throws Exception {
    endpoints.target("read -r greeting; echo Welcome; echo to this host; " + HOLD);
    assertFails(
        "iblocksync-receive: answered with something else than an image info: "
            + "\"Welcome\\nto this host\" "
            + "(a wrapper or login script must print to standard error, with >&2)");
  }

  @Test
  void anAnswerThatNeverEndsIsRefused() throws Exception {
    endpoints.target("read -r greeting; head -c 300000 /dev/zero | tr '\\0' x; touch over");
    String failure = failure();
    assertTrue(failure.startsWith("iblocksync-receive: answered with something else"), failure);
    assertTrue(failure.length() < 500, failure);
    assertTrue(Files.exists(endpoints.file("over")));
  }

  /** As behind a forced command for the other side. */
  @Test
  void aServingEndpointIsNoTarget() throws Exception {
    endpoints.target(start(BLOCK, "iblocksync-serve 2.1.0"), HOLD);
    assertFails(
        "iblocksync-receive: is iblocksync-serve, expected iblocksync-receive (a wrapper, or a"
            + " forced command in authorized_keys, is for the other side)");
  }

  @Test
  void anEndpointThatWorksWithOtherBlocksIsRefused() throws Exception {
    endpoints.target(start(4096), HOLD);
    assertFails(
        "iblocksync-receive: works with blocks of 4096 bytes and crc32, expected 512 and crc32");
  }

  @Test
  void anEndpointThatEndsBeforeItAnswersIsSaidWithItsStatus() throws Exception {
    endpoints.source("exit 3");
    assertFails("iblocksync-serve: ended with status 3 before it answered");
  }

  @Test
  void anEndpointThatEndsWhileABackgroundProcessHoldsItsOutputIsNoticedAtTheStart()
      throws Exception {
    endpoints.source("sleep 6 & exit 3");
    assertFails("iblocksync-serve: ended with status 3 before it answered");
  }

  @Test
  void anEndpointThatEndsWhileABackgroundProcessHoldsItsOutputIsNoticed() throws Exception {
    endpoints.source(start(), "cat s1", "sleep 6 & exit 3");
    assertFails("iblocksync-serve: ended with status 3 before its work was done");
  }

  @Test
  void anEndpointThatStopsAtAnyPointOfItsOutputHasFailed() throws Exception {
    byte[] hashes = hashes(Role.SOURCE);
    byte[] rest = Files.readAllBytes(endpoints.file("s2"));
    byte[] all = Arrays.copyOf(hashes, hashes.length + rest.length);
    System.arraycopy(rest, 0, all, hashes.length, rest.length);
    int dataHead = hashes.length + DATA - BLOCK;
    for (int length :
        new int[] {
          0,
          3,
          5,
          hashes.length - 1,
          hashes.length,
          hashes.length + 7,
          dataHead,
          dataHead + 100,
          all.length - DONE,
          all.length - 1
        }) {
      endpoints.source(start(), endpoints.send("s3", Arrays.copyOf(all, length)));
      assertFails("iblocksync-serve: ended with status 0 before its work was done");
    }
  }

  @Test
  void anEndpointThatClosesItsOutputIsEnded() throws Exception {
    endpoints.source(start(), "cat s1", "exec >&-", HOLD, "exit 5");
    assertFails("iblocksync-serve: ended with status 5 before its work was done");
  }

  @Test
  void anEndpointThatIsKilledIsSaidWithItsSignal() throws Exception {
    endpoints.target(start(), "cat t1", take(VERDICTS), "kill -9 $$");
    assertFails("iblocksync-receive: ended with status 137 before its work was done (signal 9)");
  }

  @Test
  void aTargetThatEndsInSilenceAfterAllItsInputHasFailed() throws Exception {
    endpoints.target(start(), "cat t1", take(VERDICTS + DATA + DONE));
    assertFails("iblocksync-receive: ended with status 0 before its work was done");
  }

  @Test
  void aStatusOtherThanZeroAfterTheEndCounts() throws Exception {
    endpoints.target(start(), "cat t1", take(VERDICTS + DATA + DONE), "cat t2", "exit 4");
    String failure = failure();
    assertTrue(
        failure.startsWith("iblocksync-receive: ended with status 4 after the image was across"),
        failure);
  }

  @Test
  void garbageInsteadOfAFrameIsRefused() throws Exception {
    endpoints.source(start(), "echo Removing the snapshot", HOLD);
    String failure = failure();
    assertTrue(
        failure.matches(
            "iblocksync-serve: broke the protocol: frame of unknown type 118, expected 1 to 9"
                + " \\(in the frame at byte [1-9][0-9]+ of the conversation\\)"),
        failure);
  }

  @Test
  void hashesOfMoreBlocksThanThereAreAreRefused() throws Exception {
    Hashes hashes = new Hashes(0, List.of(HashRun.zeros(BLOCKS + 1)));
    endpoints.source(start(), endpoints.send("s3", frame(hashes)), HOLD);
    assertFailsInAFrame(
        "iblocksync-serve: broke the protocol: HASHES of 11 blocks from 0, expected from 0 to 10");
  }

  @Test
  void messagesOfTheOtherRolesAreRefused() throws Exception {
    byte[] verdicts = frame(new Verdicts(0, new int[] {1}));
    endpoints.source(start(), endpoints.send("s3", verdicts), HOLD);
    assertFailsInAFrame("iblocksync-serve: broke the protocol: unexpected Verdicts message");
    endpoints.source(start(), "cat s1", HOLD);
    endpoints.target(start(), endpoints.send("t3", data(1)), HOLD);
    assertFailsInAFrame("iblocksync-receive: broke the protocol: unexpected Data message");
  }

  @Test
  void aSourceThatIsDoneTooEarlyIsRefused() throws Exception {
    endpoints.source(start(), endpoints.send("s3", frame(new Done(0, DigestValue.ZERO))), HOLD);
    assertFailsInAFrame(
        "iblocksync-serve: broke the protocol: DONE after 0 bytes (it counts 0) and 0 of 10"
            + " verdicts");
  }

  @Test
  void aSourceThatCountsWronglyIsRefused() throws Exception {
    byte[] done = frame(new Done(BLOCK + 1, DigestValue.ZERO));
    endpoints.source(
        start(), "cat s1", take(VERDICTS), endpoints.send("s3", data(DIFFERING), done), HOLD);
    assertFailsInAFrame(
        "iblocksync-serve: broke the protocol: DONE after 512 bytes (it counts 513) and 10 of 10"
            + " verdicts");
  }

  @Test
  void aTargetThatHasAnotherDigestThanTheSourceHasFailed() throws Exception {
    endpoints.target(
        start(),
        "cat t1",
        take(VERDICTS + DATA + DONE),
        endpoints.send("t3", frame(new Done(BLOCK, new DigestValue(1, 0xabcL)))),
        HOLD);
    assertFails(
        "iblocksync-receive: the target is not equal to what the source has read (digest"
            + " 00000000000000010000000000000abc, expected 00000000000000000000000000000000): run it"
            + " again, and look for faulty memory or disks if that fails too");
  }

  @Test
  void aTargetThatSaysThatItIsAliveMayTakeItsTime() throws Exception {
    settings = Settings.NONE.with(Setting.TIMEOUT, 2);
    String alive = endpoints.send("t3", frame(new Message.Alive()));
    endpoints.target(
        start(),
        "cat t1",
        take(VERDICTS + DATA + DONE),
        "for i in 1 2 3 4 5 6; do " + alive + "; sleep 0.5; done",
        "cat t2");
    coordinator().run();
  }

  @Test
  void aTargetWithoutASignOfLifeHasFailed() throws Exception {
    settings = Settings.NONE.with(Setting.TIMEOUT, 1);
    endpoints.target(start(), "cat t1", take(VERDICTS), HOLD);
    assertFails("iblocksync-receive: no sign of life for 1 seconds (--timeout)");
  }

  @Test
  void aTargetThatIsDoneBeforeTheSourceIsRefused() throws Exception {
    endpoints.source(
        start(), "cat s1", take(VERDICTS), "sleep 0.3", "cat s2 2>/dev/null", "exit 0");
    endpoints.target(start(), "cat t1", take(VERDICTS), "cat t2", HOLD);
    assertFailsInAFrame("iblocksync-receive: broke the protocol: DONE before the source was done");
  }

  @Test
  void aFailureIsToldOnOneLineWhateverItHolds() throws Exception {
    Failure failure = new Failure(5, "bad\n\u001b[31m\u0000disk\r\u202eeno\u009b");
    endpoints.target(start(), endpoints.send("t3", frame(failure)), HOLD);
    assertFails("iblocksync-receive: bad\\n\\x1b[31m\\x0disk\\r\\x202eeno\\x9b");
  }

  @Test
  void aWarningIsPrintedOnOneLineUnderItsEndpointsName() throws Exception {
    endpoints.target(
        start(),
        endpoints.send("t3", frame(new Warning("thin\npool"))),
        "cat t1",
        take(VERDICTS + DATA + DONE),
        "cat t2");
    try (StandardError errors = new StandardError()) {
      coordinator().run();
      String line = ": WARNING: iblocksync-receive: thin\\npool\n";
      assertTrue(errors.text().endsWith(line), errors.text());
      assertEquals(1, warningsOf("iblocksync-receive", errors));
    }
  }

  private static long warningsOf(String endpoint, StandardError errors) {
    return errors.text().lines().filter(line -> line.contains(" " + endpoint + ": ")).count();
  }

  @Test
  void noMoreThanAHundredWarningsOfAnEndpointArePrinted() throws Exception {
    byte[][] warnings = new byte[300][];
    Arrays.fill(warnings, frame(new Warning("again")));
    endpoints.source(start(), endpoints.send("s3", warnings), "cat s1", take(VERDICTS), "cat s2");
    try (StandardError errors = new StandardError()) {
      coordinator().run();
      assertEquals(101, warningsOf("iblocksync-serve", errors));
      assertTrue(errors.text().endsWith("more warnings, which are not shown\n"), errors.text());
    }
  }

  @Test
  void aFailureCountsMoreThanTheEndThatFollowsIt() throws Exception {
    endpoints.source(
        start(), "cat s1", endpoints.send("s3", frame(new Failure(5, "read error"))), "exit 1");
    assertFails("iblocksync-serve: read error");
  }

  @Test
  void whatAFailedEndpointPrintsDoesNotKeepItsCleanUpFromItsEnd() throws Exception {
    endpoints.source(
        start(),
        endpoints.send("s3", frame(new Failure(5, "read error"))),
        "head -c 1000000 /dev/zero",
        "touch clean");
    assertFails("iblocksync-serve: read error");
    assertTrue(Files.exists(endpoints.file("clean")));
  }

  @Test
  void whatADoneSourcePrintsDoesNotKeepItsCleanUpFromItsEndWhenTheTargetFails() throws Exception {
    endpoints.source(
        start(), "cat s1", take(VERDICTS), "cat s2", "head -c 1000000 /dev/zero", "touch clean");
    endpoints.target(
        start(),
        "cat t1",
        take(VERDICTS + DATA + DONE),
        endpoints.send("t3", frame(new Failure(28, "full"))));
    assertFails("iblocksync-receive: full");
    assertTrue(Files.exists(endpoints.file("clean")));
  }

  @Test
  void theOtherEndpointHasCleanedUpBeforeAFailureIsTold() throws Exception {
    endpoints.source(start(), "cat s1", HOLD, "sleep 0.3", "touch clean", "exit 7");
    endpoints.target(start(), endpoints.send("t3", frame(new Failure(28, "full"))));
    assertFails("iblocksync-receive: full");
    assertTrue(Files.exists(endpoints.file("clean")));
  }

  @Test
  void aTargetThatStallsDoesNotKeepTheFailedSourceFromBeingEnded() throws Exception {
    // More than the outbox holds, then verdicts for which there is no room any more.
    byte[][] frames = new byte[4][];
    frames[0] = hashes(Role.SOURCE);
    for (int i = 1; i < frames.length; i++) {
      frames[i] = data((long) (i - 1) << 20, 1 << 20);
    }
    endpoints.source(
        start(),
        endpoints.send("s3", frames),
        "touch sent",
        "sleep 0.5",
        endpoints.send("s4", frame(new Failure(5, "read error"))),
        HOLD,
        "touch ended");
    endpoints.target(start(), await("sent"), "cat t1", await("ended"), "[ -e ended ] && touch ok");
    assertFails("iblocksync-serve: read error");
    assertTrue(Files.exists(endpoints.file("ok")));
  }

  @Test
  void aTargetThatStallsForAWhileIsWaitedFor() throws Exception {
    endpoints.target(
        start(), "sleep 0.3", "cat t1", "sleep 0.3", take(VERDICTS + DATA + DONE), "cat t2");
    assertEquals(BLOCK, coordinator().run().bytes());
  }

  @Test
  void dataForABlockThatIsEqualIsNotWritten() throws Exception {
    byte[] image = TempImages.bytes(TempImages.random("CoordinatorTest"), BLOCK * BLOCKS);
    Path target = Files.write(endpoints.file("image"), image);
    byte[] digests = new byte[4 * BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
      ByteBuffer block = ByteBuffer.wrap(image, i * BLOCK, BLOCK);
      ScriptedEndpoints.ALGORITHM.newHasher().hash(block, digests, 4 * i);
    }
    digests[4 * DIFFERING]++;
    Hashes hashes = new Hashes(0, List.of(new HashRun(BLOCKS, digests, 0)));
    endpoints.source(
        start(),
        endpoints.send("s1", frame(hashes)),
        take(VERDICTS),
        endpoints.send("s2", data(DIFFERING), data(0)),
        HOLD);
    endpoints.target(
        "exec '"
            + System.getProperty("java.home")
            + "/bin/java' -XX:TieredStopAtLevel=1 -cp '"
            + System.getProperty("java.class.path")
            + "' io.iblocksync.receive.Main --block 512 --algo crc32 image");
    assertFailsInAFrame("iblocksync-receive: DATA for bytes 0 to 512, expected none");
    byte[] written = Files.readAllBytes(target);
    Arrays.fill(written, DIFFERING * BLOCK, (DIFFERING + 1) * BLOCK, (byte) 0);
    Arrays.fill(image, DIFFERING * BLOCK, (DIFFERING + 1) * BLOCK, (byte) 0);
    assertArrayEquals(image, written);
  }

  private Coordinator coordinator() {
    Options options =
        new Options(
            ScriptedEndpoints.ALGORITHM,
            BLOCK,
            ProgressStyle.NONE,
            false,
            true,
            false,
            false,
            0,
            settings,
            false,
            0,
            LocationParser.parse("/source"),
            LocationParser.parse("/target"));
    return new Coordinator(options, new Confirmations(options, false), new Report());
  }

  private String failure() {
    Coordinator coordinator = coordinator();
    EndpointException e = assertThrows(EndpointException.class, coordinator::run);
    String failure = e.title() + ": " + e.getMessage();
    assertFalse(failure.contains("\n"), failure);
    return failure;
  }

  private void assertFails(String expected) {
    assertEquals(expected, failure());
  }

  private void assertFailsInAFrame(String expected) {
    assertEquals(expected, FramePlace.removedFrom(failure()));
  }
}
