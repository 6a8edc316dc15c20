package io.iblocksync.cli.terminal;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonWriter;
import io.iblocksync.cli.relay.Figures;
import java.math.BigDecimal;
import java.util.Locale;

/** Writes the progress as a line of JSON, as USAGE.md, "Progress", has it. */
final class ProgressJson {
  private ProgressJson() {}

  /**
   * The line, without its end.
   *
   * @param figures null before the endpoints have begun
   * @param nanos since the start of the program
   */
  static String line(Figures.Phase phase, Figures figures, RateEstimator pace, long nanos) {
    JsonObject json = new JsonObject();
    json.put("phase", name(phase));
    json.put("seconds", BigDecimal.valueOf(nanos / 1_000_000, 3));
    JsonObject blocks = new JsonObject();
    blocks.put("total", figures == null ? null : figures.blocks());
    blocks.put("done", figures == null ? null : figures.blocksDone());
    blocks.put("changed", figures == null ? null : figures.changed());
    json.put("blocks", blocks);
    JsonObject bytes = new JsonObject();
    bytes.put("total", figures == null ? null : figures.bytes());
    bytes.put("done", figures == null ? null : figures.bytesDone());
    bytes.put("source", figures == null ? null : figures.sourceBytes());
    bytes.put("target", figures == null ? null : figures.targetBytes());
    bytes.put("link", figures == null ? null : figures.linkBytes());
    json.put("bytes", bytes);
    JsonObject rates = new JsonObject();
    rates.put("source", figures == null ? null : pace.sourceRate());
    rates.put("target", figures == null ? null : pace.targetRate());
    rates.put("link", figures == null ? null : pace.linkRate());
    json.put("bytesPerSecond", rates);
    boolean known = phase == Figures.Phase.SYNCING && pace.secondsLeft() >= 0;
    json.put("secondsLeft", known ? pace.secondsLeft() : null);
    return JsonWriter.string(json);
  }

  /** To make zeros is a part of flushing for those who read this. */
  private static String name(Figures.Phase phase) {
    Figures.Phase reported = phase == Figures.Phase.ZEROING ? Figures.Phase.FLUSHING : phase;
    return reported.name().toLowerCase(Locale.ROOT);
  }
}
