package io.iblocksync.cli.original;

import com.grack.nanojson.JsonArray;
import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The recorded exchanges of iblocksync 1.0.1. */
final class Transcripts {
  /** A recorded start that ended before the digests. */
  record Start(String name, String executable, Exchange exchange) {}

  private Transcripts() {}

  static List<Session> sessions() {
    List<Session> sessions = new ArrayList<>();
    for (JsonObject entry : entries()) {
      if (entry.has("serve")) {
        sessions.add(
            new Session(
                entry.getString("name"),
                entry.getString("algorithm"),
                entry.getInt("blockSize"),
                hex(entry, "source"),
                hex(entry, "target"),
                hex(entry, "targetAfter"),
                exchange(entry.getObject("serve")),
                exchange(entry.getObject("receive"))));
      }
    }
    return sessions;
  }

  static List<Start> starts() {
    List<Start> starts = new ArrayList<>();
    for (JsonObject entry : entries()) {
      if (entry.has("executable")) {
        starts.add(
            new Start(entry.getString("name"), entry.getString("executable"), exchange(entry)));
      }
    }
    return starts;
  }

  static Start start(String name) {
    for (Start start : starts()) {
      if (start.name().equals(name)) {
        return start;
      }
    }
    throw new IllegalArgumentException(name);
  }

  private static List<JsonObject> entries() {
    List<JsonObject> entries = new ArrayList<>();
    try (InputStream in = Transcripts.class.getResourceAsStream("/wire1/transcripts.json")) {
      JsonArray all = JsonParser.array().from(in);
      for (int i = 0; i < all.size(); i++) {
        entries.add(all.getObject(i));
      }
    } catch (JsonParserException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return entries;
  }

  private static Exchange exchange(JsonObject entry) {
    List<String> arguments = new ArrayList<>();
    for (Object argument : entry.getArray("arguments")) {
      arguments.add((String) argument);
    }
    return new Exchange(
        arguments, hex(entry, "received"), hex(entry, "sent"), entry.getInt("exitStatus"));
  }

  private static byte[] hex(JsonObject entry, String member) {
    String text = entry.getString(member);
    return text == null ? null : HexFormat.of().parseHex(text);
  }
}
