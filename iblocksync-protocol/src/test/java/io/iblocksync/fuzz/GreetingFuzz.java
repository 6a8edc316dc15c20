package io.iblocksync.fuzz;

import io.iblocksync.protocol.Greeting;
import io.iblocksync.protocol.Greeting.Answer;
import io.iblocksync.protocol.Greeting.Reply;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.protocol.WireReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;

/**
 * The lines of the start, from bytes: what is read is the same when it is written and read again.
 */
public final class GreetingFuzz {
  private static final int MAX_LINE = 1000;

  private GreetingFuzz() {}

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    WireReader wire = new WireReader(Channels.newChannel(new ByteArrayInputStream(input)), false);
    try {
      for (String line = wire.readLine(MAX_LINE); line != null; line = wire.readLine(MAX_LINE)) {
        if (line.length() > MAX_LINE || line.indexOf('\n') >= 0) {
          throw new IllegalStateException("a line of " + line.length());
        }
        answer(line);
        reply(line);
      }
    } catch (IOException e) {
      return; // A line that is too long, not ended, or no text.
    }
  }

  private static void answer(String line) {
    try {
      Answer answer = Greeting.parseAnswer(line);
      if (!Greeting.parseAnswer(Greeting.format(answer)).equals(answer)) {
        throw new IllegalStateException("another answer: " + answer);
      }
    } catch (ProtocolException e) {
      return;
    }
  }

  private static void reply(String line) {
    try {
      Reply reply = Greeting.parseReply(line);
      if (!Greeting.parseReply(Greeting.format(reply)).equals(reply)) {
        throw new IllegalStateException("another reply: " + reply);
      }
    } catch (ProtocolException e) {
      return;
    }
  }
}
