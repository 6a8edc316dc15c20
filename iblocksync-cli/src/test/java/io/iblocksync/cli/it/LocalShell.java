package io.iblocksync.cli.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A stand-in for ssh that takes every host for this machine. */
public final class LocalShell {
  private LocalShell() {}

  /** Writes the script into a folder; returns its path, to be used as RSH. */
  public static Path write(Path folder) throws IOException {
    String scripts = Repository.script("iblocksync").getParent().toString();
    Path script = folder.resolve("local-shell");
    String text =
        "#!/bin/sh\nshift 2\nPATH=" + Shell.quote(scripts) + ":$PATH\nexec /bin/sh -c \"$*\"\n";
    Files.writeString(script, text);
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
