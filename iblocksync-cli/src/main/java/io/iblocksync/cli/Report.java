package io.iblocksync.cli;

import com.grack.nanojson.JsonArray;
import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonWriter;
import io.iblocksync.cli.relay.Role;
import io.iblocksync.cli.relay.RunFigures;
import io.iblocksync.program.Version;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Setting;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run came to, for machines. USAGE.md, "Results for scripts", describes the members: all of
 * them are always there, and null if they are not known. Thread-safe, for a signal ends a run from
 * another thread.
 */
final class Report {
  /** More warnings are not kept. */
  private static final int MAX_WARNINGS = 1000;

  private final long start = System.nanoTime();
  private final List<String> warnings = new ArrayList<>();
  private Options options;
  private ImageInfo source;
  private ImageInfo target;
  private Rest rest;
  private Integer protocol;
  private RunFigures figures;
  private JsonObject error;

  /** The command line could be taken. */
  synchronized void options(Options taken) {
    options = taken;
  }

  /** An endpoint has described its image. */
  synchronized void image(Role role, ImageInfo info) {
    if (role == Role.SOURCE) {
      source = info;
    } else {
      target = info;
    }
  }

  /** It is known what becomes of the target past the source's end. */
  synchronized void rest(Rest known) {
    rest = known;
  }

  /** The endpoints have begun their work. */
  synchronized void session(int spoken, RunFigures begun) {
    protocol = spoken;
    figures = begun;
  }

  /** The user was warned. */
  synchronized void warning(String text) {
    if (warnings.size() < MAX_WARNINGS) {
      warnings.add(text);
    }
  }

  /**
   * The run has failed; the last call counts.
   *
   * @param message without the name of the program
   * @param side null if it was neither endpoint
   * @param errno 0 if there is none
   */
  synchronized void failed(String message, Role side, int errno) {
    error = new JsonObject();
    error.put("message", message);
    error.put("side", side == null ? null : side.label());
    error.put("errno", errno == 0 ? null : errno);
  }

  /** The whole report as one line. */
  synchronized String json(int exitStatus) {
    JsonObject json = new JsonObject();
    json.put("version", Version.NUMBER);
    json.put("protocol", protocol);
    json.put("source", side(Role.SOURCE));
    json.put("target", side(Role.TARGET));
    json.put("algorithm", options == null ? null : options.algorithm().label());
    json.put("blockSize", options == null ? null : options.blockSize());
    json.put("blocks", blocks());
    json.put("bytes", bytes());
    json.put("rest", rest());
    json.put("seconds", seconds());
    boolean verified = exitStatus == 0 && stats(Role.TARGET) != null && isSet(Setting.VERIFY);
    json.put("verified", verified);
    json.put("dryRun", isSet(Setting.DRY_RUN));
    json.put("warnings", new JsonArray(warnings));
    json.put("exitStatus", exitStatus);
    json.put("error", error);
    // The only control character that the writer leaves as it is.
    return JsonWriter.string(json).replace("\u007f", "\\u007f") + "\n";
  }

  private boolean isSet(Setting flag) {
    return options != null && options.settings().flag(flag);
  }

  private JsonObject side(Role role) {
    ImageInfo info = role == Role.SOURCE ? source : target;
    JsonObject json = new JsonObject();
    json.put("location", options == null ? null : options.location(role).display());
    json.put("path", info == null ? null : info.filePath());
    json.put("size", info == null ? null : info.fileSize());
    json.put("uuid", info == null || info.uuid().isEmpty() ? null : info.uuid());
    json.put("version", info == null || info.offer() == null ? null : version(info));
    Stats stats = stats(role);
    json.put("read", stats == null ? null : stats.read());
    return json;
  }

  /** The number after the program's name. */
  private static String version(ImageInfo info) {
    String program = info.offer().program();
    return program.substring(program.lastIndexOf(' ') + 1);
  }

  private JsonObject blocks() {
    JsonObject json = new JsonObject();
    Stats stats = stats(Role.SOURCE);
    json.put("compared", figures == null ? null : figures.comparedBlocks());
    json.put(
        "equal", figures == null ? null : figures.comparedBlocks() - figures.differingBlocks());
    json.put("changed", figures == null ? null : figures.transmittedBlocks());
    json.put("zero", stats == null ? null : stats.zeros());
    return json;
  }

  private JsonObject bytes() {
    JsonObject json = new JsonObject();
    Stats from = stats(Role.SOURCE);
    Stats to = stats(Role.TARGET);
    json.put("read", from == null || to == null ? null : from.read() + to.read());
    json.put("written", to == null ? null : to.written());
    json.put("fromSource", figures == null ? null : figures.fromSource());
    json.put("toTarget", figures == null ? null : figures.toTarget());
    return json;
  }

  private JsonObject rest() {
    JsonObject json = new JsonObject();
    boolean larger = rest != null && rest.bytes() > 0;
    json.put("offset", larger ? rest.offset() : null);
    json.put("bytes", rest == null ? null : rest.bytes());
    json.put("action", larger ? rest.action().label() : null);
    return json;
  }

  private JsonObject seconds() {
    JsonObject json = new JsonObject();
    Stats stats = stats(Role.TARGET);
    long compare = figures == null ? -1 : figures.compareNanos();
    json.put("total", millis(System.nanoTime() - start));
    json.put("compare", compare < 0 ? null : millis(compare));
    json.put("flush", stats == null ? null : millis(stats.flush()));
    json.put("verify", stats == null || !isSet(Setting.VERIFY) ? null : millis(stats.verify()));
    return json;
  }

  private Stats stats(Role role) {
    return figures == null ? null : figures.stats(role);
  }

  private static BigDecimal millis(long nanos) {
    return BigDecimal.valueOf(nanos / 1_000_000, 3);
  }
}
