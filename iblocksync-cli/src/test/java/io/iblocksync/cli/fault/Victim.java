package io.iblocksync.cli.fault;

/** A process of a run that a signal can hit, and the text by which its command line is known. */
enum Victim {
  COORDINATOR("iblocksync.jar"),
  SOURCE("iblocksync-serve.jar"),
  TARGET("iblocksync-receive.jar"),
  /** The client, on the coordinator's side. */
  SSH("ssh\0-F");

  final String text;

  Victim(String text) {
    this.text = text;
  }
}
