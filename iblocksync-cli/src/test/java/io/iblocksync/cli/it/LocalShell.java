package io.iblocksync.cli.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A stand-in for ssh that takes every host for this machine, and keeps what it carries. */
public final class LocalShell {
  private final Path script;
  private final Path sent;
  private final Path received;

  /** Writes the script into a folder. */
  public LocalShell(Path folder) throws IOException {
    script = folder.resolve("local-shell");
    sent = folder.resolve("local-shell.sent");
    received = folder.resolve("local-shell.received");
    String text =
        String.join(
            "\n",
            "#!/bin/sh",
            "shift 2",
            "PATH=" + Shell.quote(Repository.scripts().toString()) + ":$PATH",
            "tee -- " + Shell.quote(sent) + " | {",
            "  /bin/sh -c \"$*\"",
            "  echo $? >" + Shell.quote(folder.resolve("local-shell.status")),
            "} | tee -- " + Shell.quote(received),
            "exit \"$(cat -- " + Shell.quote(folder.resolve("local-shell.status")) + ")\"",
            "");
    Files.writeString(script, text);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** To be used as RSH. */
  public Path script() {
    return script;
  }

  /** How many bytes went to the other side in the last run. */
  public long sent() throws IOException {
    return Files.size(sent);
  }

  /** How many bytes came from the other side in the last run. */
  public long received() throws IOException {
    return Files.size(received);
  }
}
