package io.iblocksync.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.program.Version;
import io.iblocksync.protocol.Greeting;
import io.iblocksync.protocol.Greeting.StartError;
import io.iblocksync.protocol.WireReader;
import io.iblocksync.protocol.WireWriter;
import io.iblocksync.testing.JavaProcess;
import io.iblocksync.testing.StandardError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class EndpointProgramTest {
  private static final String TTY = "iblocksync.tty";

  @AfterEach
  void forgetTheTerminal() {
    System.clearProperty(TTY);
  }

  private static String usageError(String... args) {
    try (StandardError error = new StandardError()) {
      assertEquals("", answer("", args));
      return error.text();
    }
  }

  /** What it answers to this input when it does not take its arguments. */
  private static String answer(String input, String... args) {
    InputStream in = new ByteArrayInputStream(input.getBytes(UTF_8));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    WireReader reader = new WireReader(Channels.newChannel(in), false);
    WireWriter writer = new WireWriter(Channels.newChannel(out));
    assertEquals(2, EndpointProgram.run(new Idle(), "Idles.", "IDLE_EXEC", args, reader, writer));
    return out.toString(UTF_8);
  }

  /** What it prints in a process of its own, for it writes past System.out. */
  private static String output(String... args) throws IOException {
    List<Class<?>> classes =
        List.of(Idle.class, Endpoint.class, CommandLine.class, DigestUtils.class);
    return JavaProcess.run(classes, args);
  }

  @Test
  void aUsageErrorIsOneLineUnderTheProgramsName() {
    assertEquals("idle: error: PATH is missing; try 'idle --help'\n", usageError());
  }

  @Test
  void aCoordinatorIsToldOfAUsageErrorOnTheWire() throws IOException {
    try (StandardError error = new StandardError()) {
      String answer = answer("iblocksync 1.0.1\n", "--block", "7", "--algo", "xxh999", "image");
      assertTrue(answer.endsWith("}\n"), answer);
      StartError told = assertInstanceOf(StartError.class, Greeting.parseAnswer(answer));
      assertTrue(told.error().startsWith("unknown hash algorithm 'xxh999' ("), answer);
      assertEquals("", error.text());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"iblocksync 3\n", "iblocksync 1.0.1", "\n", "\377\n"})
  void whoeverIsNoCoordinatorReadsOfAUsageErrorOnStandardError(String input) {
    try (StandardError error = new StandardError()) {
      assertEquals("", answer(input));
      assertEquals("idle: error: PATH is missing; try 'idle --help'\n", error.text());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "image", "--bogus", "-b 0 image"})
  void onATerminalItSaysThatItIsNotStartedByHand(String args) {
    System.setProperty(TTY, "02");
    String line = usageError(args.split(" "));
    assertTrue(line.startsWith("idle: error: not started by hand: "), line);
    assertEquals(line.length() - 1, line.indexOf('\n'));
  }

  @Test
  void aTerminalForItsMessagesDoesNotMatter() {
    System.setProperty(TTY, "2");
    assertEquals("idle: error: PATH is missing; try 'idle --help'\n", usageError());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "--vers", "-b1 --version"})
  void theVersionIsPrinted(String args) throws IOException {
    assertEquals(Version.text("idle").strip(), output(args.split(" ")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version --help", "--hel image"})
  void theHelpExplainsWhoStartsItAndHowItIsWrapped(String args) throws IOException {
    String help = output(args.split(" "));
    assertTrue(help.startsWith("usage: idle [OPTION]... PATH\n\nIdles.\n"), help);
    assertTrue(help.contains("not usually started by hand"), help);
    assertTrue(help.contains("IDLE_EXEC can name a wrapper"), help);
    assertTrue(help.contains("standard error"), help);
  }

  @Test
  void theHelpNamesAllAlgorithmsInEightyColumns() throws IOException {
    String help = output("--help");
    for (HashAlgorithm algorithm : HashAlgorithm.values()) {
      assertTrue(help.contains(algorithm.label()), algorithm.label());
    }
    for (String line : help.split("\n")) {
      assertTrue(line.length() < 80, line);
    }
  }

  /** An endpoint that is never run. */
  static final class Idle implements Endpoint {
    public static void main(String[] args) {
      System.setProperty(TTY, "012");
      System.exit(EndpointProgram.run(new Idle(), "Idles.", "IDLE_EXEC", args));
    }

    @Override
    public String program() {
      return "idle";
    }

    @Override
    public long probe(Path path) {
      throw new AssertionError();
    }

    @Override
    public void runFrames(Run run) {
      throw new AssertionError();
    }

    @Override
    public void runPlain(Run run) {
      throw new AssertionError();
    }

    @Override
    public void close() {}
  }
}
