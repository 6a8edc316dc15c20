package io.iblocksync.cli.original;

import java.io.IOException;

/** The other side broke the original's protocol, or stopped in the middle of it. */
final class BrokenExchange extends IOException {
  BrokenExchange(String message) {
    super(message);
  }
}
