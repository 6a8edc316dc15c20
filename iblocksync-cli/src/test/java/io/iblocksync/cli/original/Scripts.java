package io.iblocksync.cli.original;

import io.iblocksync.cli.it.Shell;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Writes shell scripts that stand in for an endpoint: the scripted original and the player. */
final class Scripts {
  private Scripts() {}

  /** The original's source endpoint, with that fault. */
  static Path serve(Path folder, Fault fault) throws IOException {
    return java(folder.resolve("original-serve"), OriginalServe.class, fault, List.of());
  }

  /** The original's target endpoint, with that fault. */
  static Path receive(Path folder, Fault fault) throws IOException {
    return java(folder.resolve("original-receive"), OriginalReceive.class, fault, List.of());
  }

  /** The player of the recording in that file. */
  static Path player(Path recording) throws IOException {
    Path script = recording.resolveSibling(recording.getFileName() + ".sh");
    return java(script, Player.class, Fault.NONE, List.of(recording.toString()));
  }

  /** A script of these commands. */
  static Path shell(Path script, String... commands) throws IOException {
    Files.writeString(script, "#!/bin/sh\n" + String.join("\n", commands) + "\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path java(Path script, Class<?> main, Fault fault, List<String> arguments)
      throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Started by the hundred, each for a few milliseconds of work.
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    words.addAll(List.of("-Xmx64m", "-cp", classes()));
    if (fault.kind() != Fault.Kind.NONE) {
      words.add("-Doriginal.fault=" + fault.step() + ":" + fault.kind() + ":" + fault.members());
    }
    words.add(main.getName());
    words.addAll(arguments);
    return shell(script, "exec " + Shell.quote(words) + " \"$@\"");
  }

  private static String classes() {
    return location(Scripts.class) + ":" + location(com.grack.nanojson.JsonParser.class);
  }

  private static Path location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
