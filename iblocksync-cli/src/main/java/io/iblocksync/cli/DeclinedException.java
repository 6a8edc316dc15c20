package io.iblocksync.cli;

/** The sync was not confirmed, or could not be asked about; nothing was written. */
final class DeclinedException extends Exception {
  private static final long serialVersionUID = 1;

  DeclinedException(String message) {
    super(message);
  }
}
