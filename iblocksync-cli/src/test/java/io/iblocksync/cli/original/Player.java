package io.iblocksync.cli.original;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Plays a recorded endpoint: says what was recorded, each part when its turn is, and notes what it
 * was sent. As a process it takes its recording from the file of its first argument, and leaves its
 * further arguments and what it was sent beside it.
 */
final class Player {
  /** How long to listen for bytes that nobody should send, after the end of the transmission. */
  private static final int LISTEN_MILLIS = 60;

  private final byte[] sent;
  private final int digestBytes;
  private final int receivedAfterLines;

  Player(Exchange exchange, int digestBytes) {
    this(exchange.sent(), digestBytes, exchange.receivedAfterLines().length);
  }

  private Player(byte[] sent, int digestBytes, int receivedAfterLines) {
    this.sent = sent;
    this.digestBytes = digestBytes;
    this.receivedAfterLines = receivedAfterLines;
  }

  /** Plays the endpoint to its end. Writes all that it is sent to {@code log}. */
  void play(InputStream pipe, OutputStream out, OutputStream log) throws IOException {
    InputStream in = new BufferedInputStream(pipe);
    int answer = Exchange.end(sent, 1);
    log.write(Wire.line(Wire.readLine(in)));
    send(out, 0, answer);
    if (answer == sent.length) {
      return;
    }
    log.write(Wire.line(Wire.readLine(in)));
    send(out, answer, answer + digestBytes);
    log.write(in.readNBytes(receivedAfterLines));
    send(out, answer + digestBytes, sent.length);
  }

  private void send(OutputStream out, int from, int to) throws IOException {
    out.write(sent, from, to - from);
    out.flush();
  }

  /** Writes the file that a player started as a process takes its recording from. */
  static Path write(Path file, Exchange exchange, int digestBytes) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(HexFormat.of().formatHex(exchange.sent()));
    lines.add(Integer.toString(digestBytes));
    lines.add(Integer.toString(exchange.receivedAfterLines().length));
    lines.add(Integer.toString(exchange.exitStatus()));
    return Files.write(file, lines);
  }

  /** The arguments that the player of that file was started with. */
  static List<String> arguments(Path file) throws IOException {
    return Files.readAllLines(Path.of(file + ".arguments"));
  }

  /** All that the player of that file was sent; null if it was never started. */
  static byte[] received(Path file) throws IOException {
    Path log = Path.of(file + ".received");
    return Files.exists(log) ? Files.readAllBytes(log) : null;
  }

  public static void main(String[] arguments) throws Exception {
    List<String> file = Files.readAllLines(Path.of(arguments[0]));
    int status = Integer.parseInt(file.get(3));
    Files.write(
        Path.of(arguments[0] + ".arguments"),
        Arrays.asList(arguments).subList(1, arguments.length));
    Player player =
        new Player(
            HexFormat.of().parseHex(file.get(0)),
            Integer.parseInt(file.get(1)),
            Integer.parseInt(file.get(2)));
    try (OutputStream log = Files.newOutputStream(Path.of(arguments[0] + ".received"))) {
      InputStream in = OriginalEndpoint.standardInput();
      player.play(in, OriginalEndpoint.standardOutput(), log);
      Thread.sleep(LISTEN_MILLIS);
      log.write(in.readNBytes(in.available()));
    } catch (BrokenExchange e) {
      status = 1;
    }
    System.exit(status);
  }
}
