package io.iblocksync.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.image.LocalPair;
import io.iblocksync.linux.ImageException;
import io.iblocksync.program.Log;
import io.iblocksync.program.UsageException;
import io.iblocksync.protocol.Features;
import io.iblocksync.protocol.Greeting;
import io.iblocksync.protocol.Greeting.Choice;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Greeting.Reply;
import io.iblocksync.protocol.Greeting.StartError;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import io.iblocksync.protocol.Signature;
import io.iblocksync.protocol.WindowBytes;
import io.iblocksync.protocol.WireReader;
import io.iblocksync.protocol.WireWriter;
import io.iblocksync.testing.StandardError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class EndpointMainTest {
  private static final String HELLO = Greeting.LINE + "\n";
  private static final Settings SETTINGS = Settings.NONE.with(Setting.VERIFY, true);

  @TempDir private Path folder;

  private StandardError error;
  private Path image;
  private final Noting endpoint = new Noting();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @BeforeEach
  void makeImage() throws IOException {
    error = new StandardError();
    image = Files.write(folder.resolve("image"), new byte[5000]);
  }

  @AfterEach
  void theEndpointIsClosed() {
    error.close();
    Log.verbosity(0);
    Log.name(null);
    assertTrue(endpoint.closed);
  }

  @Test
  void anEndWithoutAGreetingIsNothingToTellOf() throws Exception {
    assertEquals(1, run(""));
    assertEquals("", error.text());
    assertEquals("", out.toString(UTF_8));
  }

  @Test
  void whoeverIsNoCoordinatorIsTold() throws Exception {
    assertEquals(1, run("hello\n"));
    assertEquals(
        "noting: error: expected the greeting '"
            + Greeting.LINE
            + "' of a coordinator on standard input\n",
        error.text());
    assertEquals("", out.toString(UTF_8));
  }

  @Test
  void theImageIsToldWithWhatThisReleaseOffers() throws Exception {
    assertEquals(1, run(HELLO));
    assertEquals("", error.text());
    ImageInfo told = assertInstanceOf(ImageInfo.class, answer());
    assertEquals(4096, told.blockSize());
    assertEquals("md5", told.hashAlgorithm());
    assertEquals(image.toString(), told.filePath());
    assertEquals(5000, told.fileSize());
    assertEquals(List.of(1, 2), told.offer().protocols());
    assertEquals(Features.ALL, told.offer().features());
    assertEquals(77, told.details().room());
    assertEquals(Signature.NONE, told.details().signature());
  }

  @Test
  void anImageThatCannotBeOpenedIsToldOnTheWireAlone() throws Exception {
    endpoint.failure = new ImageException(image, "No such file or directory", 2);
    assertEquals(1, run(HELLO));
    StartError told = assertInstanceOf(StartError.class, answer());
    assertEquals("No such file or directory", told.error());
    assertEquals(2, told.errno());
    assertEquals("", error.text());
  }

  @Test
  void aCoordinatorThatChoosesNothingIsOneOf101() throws Exception {
    assertEquals(0, run(HELLO + reply(info(4096, "md5"), null)));
    assertEquals("plain", endpoint.played);
    assertEquals(9000, endpoint.run.other().fileSize());
    assertEquals(List.of(), endpoint.run.features());
    assertEquals(0, endpoint.run.settings().number(Setting.TIMEOUT));
    assertNull(endpoint.run.side());
  }

  @Test
  void protocol1CanBeChosenBy2() throws Exception {
    assertEquals(0, run(HELLO + reply(info(4096, "md5"), choice(1, List.of()))));
    assertEquals("plain", endpoint.played);
  }

  @Test
  void whatTheCoordinatorChoosesIsPlayed() throws Exception {
    assertEquals(0, run(HELLO + reply(info(4096, "md5"), choice(2, List.of(Features.ZSTD)))));
    assertEquals("frames", endpoint.played);
    assertEquals(List.of(Features.ZSTD), endpoint.run.features());
    assertTrue(endpoint.run.settings().flag(Setting.VERIFY));
    assertEquals(5000, endpoint.run.own().fileSize());
    assertEquals(WindowBytes.PIPED, endpoint.run.windowBytes());
    assertTrue(Log.info());
    // Warnings are collected for the coordinator while it plays, and printed else.
    assertTrue(error.text().endsWith("WARNING: noting: odd\n"), error.text());
  }

  @Test
  void anEndpointBesideTheOtherOneHasASmallerWindow() throws Exception {
    LocalPair pair = new LocalPair();
    String reply = reply(info(4096, "md5"), choice(2, List.of()));
    assertEquals(0, run(HELLO + reply, pair.target()));
    assertEquals(pair.target(), endpoint.run.side());
    assertEquals(WindowBytes.LOCAL, endpoint.run.windowBytes());
  }

  @Test
  void anotherBlockSizeOrAlgorithmOfTheOtherEndpointIsRefused() throws Exception {
    String expected =
        "noting: error: expected the other endpoint to work with md5 and blocks of 4096 bytes too";
    assertEquals(1, run(HELLO + reply(info(8192, "md5"), null)));
    assertEquals(1, run(HELLO + reply(info(4096, "sha1"), null)));
    assertEquals(List.of(expected, expected), error.text().lines().toList());
    assertNull(endpoint.played);
  }

  @Test
  void aChoiceThatWasNotOfferedIsRefused() throws Exception {
    assertEquals(1, run(HELLO + reply(info(4096, "md5"), choice(3, List.of()))));
    assertEquals(1, run(HELLO + reply(info(4096, "md5"), choice(2, List.of("magic")))));
    List<String> lines = error.text().lines().filter(line -> line.contains(" error: ")).toList();
    assertEquals(2, lines.size(), error.text());
    assertEquals("noting: error: the coordinator chose protocol 3", lines.get(0));
    assertTrue(lines.get(1).contains("magic"), lines.get(1));
    assertNull(endpoint.played);
  }

  @Test
  void whatFailsInTheSessionIsOneLine() throws Exception {
    String script = HELLO + reply(info(4096, "md5"), null);
    endpoint.sessionFailure = new IOException("the disk\u001b[2J is gone");
    assertEquals(1, run(script));
    endpoint.bug = new IllegalStateException("odd");
    assertEquals(1, run(script));
    List<String> lines = error.text().lines().toList();
    assertEquals(2, lines.size(), error.text());
    assertTrue(lines.get(0).startsWith("noting: error: the disk"), lines.get(0));
    assertEquals(-1, lines.get(0).indexOf('\u001b'));
    assertEquals(
        "noting: error: internal error: java.lang.IllegalStateException: odd", lines.get(1));
  }

  /** All has been flushed by then, and the coordinator was told that all is well. */
  @Test
  void anImageThatCannotBeClosedAfterASuccessIsAWarning() throws Exception {
    endpoint.closeFailure = new IOException("the disk is gone");
    assertEquals(0, run(HELLO + reply(info(4096, "md5"), null)));
    assertTrue(
        error.text().endsWith("WARNING: noting: the disk is gone (when closed)\n"), error.text());
  }

  /** The coordinator prints it, and so the endpoint does not. */
  @Test
  void aBugWhileTheImageIsLookedAtIsToldOnTheWire() throws Exception {
    endpoint.probeBug = new NoClassDefFoundError("odd");
    assertEquals(1, run(HELLO));
    StartError told = assertInstanceOf(StartError.class, answer());
    assertTrue(told.error().startsWith("the program's own files cannot be read"), told.error());
    assertEquals("", error.text());
  }

  private Object answer() throws IOException {
    return Greeting.parseAnswer(out.toString(UTF_8));
  }

  private ImageInfo info(int blockSize, String algorithm) {
    return new ImageInfo(blockSize, algorithm, "other", 9000, "", null, null);
  }

  private static Choice choice(int protocol, List<String> features) {
    return new Choice("iblocksync 2", protocol, features, 1, SETTINGS);
  }

  private static String reply(ImageInfo other, Choice choice) {
    return Greeting.format(new Reply(other, choice)) + "\n";
  }

  private int run(String input) throws UsageException {
    return run(input, null);
  }

  private int run(String input, LocalPair.Side side) throws UsageException {
    String[] words = {"--block", "4096", "--algo", "md5", image.toString()};
    EndpointOptions options = EndpointOptions.of(EndpointOptions.arguments("noting").parse(words));
    ByteArrayInputStream bytes = new ByteArrayInputStream(input.getBytes(UTF_8));
    WireReader in = new WireReader(Channels.newChannel(bytes), false);
    return EndpointMain.run(endpoint, options, side, in, new WireWriter(Channels.newChannel(out)));
  }

  /** An endpoint that notes what is asked of it. */
  private static final class Noting implements Endpoint {
    ImageException failure;
    IOException sessionFailure;
    IOException closeFailure;
    Error probeBug;
    RuntimeException bug;
    String played;
    Run run;
    boolean closed;

    @Override
    public String program() {
      return "noting";
    }

    @Override
    public long probe(Path path) throws IOException {
      if (probeBug != null) {
        throw probeBug;
      }
      if (failure != null) {
        throw failure;
      }
      return Files.size(path);
    }

    @Override
    public long room() {
      return 77;
    }

    @Override
    public void runFrames(Run asked) {
      played = "frames";
      run = asked;
      Log.warn("odd");
    }

    @Override
    public void runPlain(Run asked) throws IOException {
      played = "plain";
      run = asked;
      if (bug != null) {
        throw bug;
      }
      if (sessionFailure != null) {
        throw sessionFailure;
      }
    }

    @Override
    public void close() throws IOException {
      closed = true;
      if (closeFailure != null) {
        throw closeFailure;
      }
    }
  }
}
