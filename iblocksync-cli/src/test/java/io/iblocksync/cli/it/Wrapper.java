package io.iblocksync.cli.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * A shell script to stand in for an endpoint. It notes in a file of its own that it has prepared
 * something and, when the endpoint has ended, that it begins to clean up and that it has done so.
 */
public final class Wrapper {
  private final Path script;
  private final Path log;
  private final String endpoint;
  private String before = "";
  private String feed = "";
  private String filter = "";
  private String after = "";
  private String status = "$status";

  private Wrapper(Path folder, String endpoint) {
    this.endpoint = endpoint;
    this.script = folder.resolve("wrap-" + endpoint);
    this.log = folder.resolve("wrap-" + endpoint + ".log");
  }

  public static Wrapper ofSource(Path folder) {
    return new Wrapper(folder, "iblocksync-serve");
  }

  public static Wrapper ofTarget(Path folder) {
    return new Wrapper(folder, "iblocksync-receive");
  }

  /** Commands before the endpoint starts. */
  public Wrapper before(String commands) {
    before = commands;
    return this;
  }

  /** Commands between the endpoint's end and the note that all is cleaned up. */
  public Wrapper after(String commands) {
    after = commands;
    return this;
  }

  /** A clean-up that takes its time, and notes how often it ran. */
  public Wrapper slowly() {
    return after("sleep 1");
  }

  /** The status to end with, whatever the endpoint's was. */
  public Wrapper status(int fixed) {
    status = Integer.toString(fixed);
    return this;
  }

  /**
   * Lets only so many bytes of the endpoint through, then swallows: the run stands still in the
   * middle, until the endpoint ends.
   */
  public Wrapper stuckAfter(int bytes) {
    filter = " | { dd bs=1 count=" + bytes + " 2>/dev/null; exec cat >/dev/null; }";
    return this;
  }

  /**
   * Lets only so many bytes through to the endpoint, then takes no more, so that its input is full;
   * and SIGTERM does not end what holds it. The wrapper itself cleans up after SIGTERM, once it
   * can.
   */
  public Wrapper starvedAfter(int bytes) {
    before = "trap : TERM";
    feed = "{ trap '' TERM; dd bs=1 count=" + bytes + " 2>/dev/null; exec sleep 600; } | ";
    return this;
  }

  /**
   * Lets only so many bytes of the endpoint through, then waits until a file is there: what happens
   * before it is made happens in the middle of the run.
   */
  public Wrapper pausedAfter(int bytes, Path until) {
    String waiting = "while [ ! -e " + Shell.quote(until) + " ]; do sleep 0.1; done";
    filter = " | { dd bs=1 count=" + bytes + " 2>/dev/null; " + waiting + "; exec cat; }";
    return this;
  }

  /** Writes the script; returns its path, to be used as EXEC. */
  public Path write() throws IOException {
    String text =
        String.join(
            "\n",
            "#!/bin/sh",
            "log=" + Shell.quote(log),
            "echo prepared >>\"$log\"",
            before,
            feed + Shell.quote(Repository.script(endpoint)) + " \"$@\"" + filter,
            "status=$?",
            "echo cleaning >>\"$log\"",
            after,
            "echo cleaned >>\"$log\"",
            "exit " + status,
            "");
    Files.writeString(script, text);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script;
  }

  /** What was noted so far. */
  public List<String> log() throws IOException {
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }

  /** The notes of a preparation with its whole clean-up, once each. */
  public static List<String> cleanedUpOnce() {
    return List.of("prepared", "cleaning", "cleaned");
  }
}
