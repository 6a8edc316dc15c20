package io.iblocksync.program;

/** The command line is wrong; the program has done nothing. The message is for the user. */
public final class UsageException extends Exception {
  public UsageException(String message) {
    super(message);
  }

  public UsageException(IllegalArgumentException cause) {
    super(cause.getMessage(), cause);
  }
}
