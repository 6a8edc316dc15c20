package io.iblocksync.cli.original;

import com.grack.nanojson.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a scripted endpoint does wrong, and where: written {@code STEP:KIND}, or {@code
 * INFO:LIE:MEMBERS}, where the members of that JSON object replace those of the image info.
 */
record Fault(Step step, Kind kind, String members) {
  /** The step in whose middle the endpoint goes wrong. */
  enum Step {
    /** Before the greeting is read. */
    START,
    /** In the middle of the image info. */
    INFO,
    /** With half of the digests sent. */
    DIGESTS,
    /** With half of the signals taken in. */
    SIGNALS,
    /** In the middle of a block. */
    BLOCKS,
    /** Where receive says whether it has cut the target. */
    CUT,
    /** Where the end of the transmission is said. */
    EOT,
    /** With all said. */
    EXIT
  }

  /** How the endpoint goes wrong. */
  enum Kind {
    NONE,
    /** Ends at once with status {@link #STOP_STATUS}. */
    STOP,
    /** Ends at once with status 0. */
    LEAVE,
    /** Sends a page of text and goes on as if it had not. */
    GARBAGE,
    /** Sends something else than the truth. */
    LIE,
    /** Does nothing for a while and goes on: no fault at all, but slow. */
    STALL
  }

  static final Fault NONE = new Fault(Step.START, Kind.NONE, "");
  static final int STOP_STATUS = 3;
  static final int STALL_MILLIS = 700;
  static final String PAGE =
      "<!DOCTYPE html>\n<html><head><title>It works!</title></head>\n"
          + "<body>Lorem ipsum dolor sit amet, consectetur adipiscing elit</body></html>\n";

  static Fault of(String text) {
    if (text.isEmpty()) {
      return NONE;
    }
    String[] parts = text.split(":", 3);
    return new Fault(
        Step.valueOf(parts[0]), Kind.valueOf(parts[1]), parts.length > 2 ? parts[2] : "");
  }

  boolean lies(Step here) {
    return here == step && kind == Kind.LIE;
  }

  JsonObject lie(JsonObject info) throws IOException {
    if (lies(Step.INFO)) {
      info.putAll(Json.parse(members));
    }
    return info;
  }

  /** Goes wrong if this is the step, with all that was written so far really sent. */
  void at(Step here, OutputStream out) throws IOException {
    if (here != step || kind == Kind.NONE || kind == Kind.LIE) {
      return;
    }
    out.flush();
    switch (kind) {
      case STOP -> throw new Stopped(STOP_STATUS);
      case LEAVE -> throw new Stopped(0);
      case GARBAGE -> out.write(PAGE.getBytes(StandardCharsets.UTF_8));
      default -> stall();
    }
    out.flush();
  }

  private static void stall() {
    try {
      Thread.sleep(STALL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The endpoint ends here, with that exit status. */
  static final class Stopped extends IOException {
    final int status;

    Stopped(int status) {
      super("stopped with status " + status);
      this.status = status;
    }
  }
}
