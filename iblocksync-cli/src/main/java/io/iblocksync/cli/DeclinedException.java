package io.iblocksync.cli;

/** The sync was not confirmed, or could not be asked about; nothing was written. */
final class DeclinedException extends Exception {
  DeclinedException(String message) {
    super(message);
  }
}
