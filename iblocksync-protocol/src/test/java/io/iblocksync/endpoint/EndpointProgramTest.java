package io.iblocksync.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.protocol.HashAlgorithm;
import io.iblocksync.protocol.Version;
import io.iblocksync.testing.JavaProcess;
import io.iblocksync.testing.StandardError;
import java.io.IOException;
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
      assertEquals(2, EndpointProgram.run(new Idle(), "Idles.", "IDLE_EXEC", args));
      return error.text();
    }
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
