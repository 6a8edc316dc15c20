package io.iblocksync.cli.process;

import java.io.IOException;

/** A command that should be started on this machine is not there; the message is for the user. */
public final class CommandNotFoundException extends IOException {
  CommandNotFoundException(String command, String hint) {
    super("command not found: " + command + " (" + hint + ")");
  }
}
