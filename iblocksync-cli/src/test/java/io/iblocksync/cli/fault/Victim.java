package io.iblocksync.cli.fault;

/** A process of a run that a signal can hit, and the text by which its command line is known. */
enum Victim {
  COORDINATOR("io.iblocksync.cli.Main"),
  SOURCE("io.iblocksync.serve.Main"),
  TARGET("io.iblocksync.receive.Main"),
  /** The client, on the coordinator's side. */
  SSH("ssh\0-F");

  final String text;

  Victim(String text) {
    this.text = text;
  }
}
