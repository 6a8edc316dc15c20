package io.iblocksync.cli.fault;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.Commands;
import java.io.IOException;

/** A process of a run that a signal can hit, and the text by which its command line is known. */
public enum Victim {
  COORDINATOR("io.iblocksync.cli.Main"),
  SOURCE("io.iblocksync.serve.Main"),
  TARGET("io.iblocksync.receive.Main"),
  /** The client, on the coordinator's side. */
  SSH("ssh\0-F");

  private final String text;

  Victim(String text) {
    this.text = text;
  }

  /** What stands in its command line, and in no other. */
  public String text() {
    return text;
  }

  /** Sends a signal to a process, which may be gone. */
  public static void signal(String name, long process) {
    try {
      Commands.run("kill", "-" + name, Long.toString(process));
    } catch (IOException e) {
      assertTrue(e.getMessage().contains("No such process"), e.getMessage());
    }
  }
}
