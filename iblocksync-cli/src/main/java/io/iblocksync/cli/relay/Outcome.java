package io.iblocksync.cli.relay;

/** How a session ended: both sides done, or one of them failed; the first failure counts. */
final class Outcome {
  private boolean sourceDone;
  private boolean targetDone;
  private Role failed;
  private String message;
  private int errno;
  private boolean silent;

  /** A side has done its part. */
  synchronized void done(Role role) {
    if (role == Role.SOURCE) {
      sourceDone = true;
    } else {
      targetDone = true;
    }
    notifyAll();
  }

  synchronized boolean isDone(Role role) {
    return role == Role.SOURCE ? sourceDone : targetDone;
  }

  /** A side failed and said why, or we know. */
  void fail(Role role, String text) {
    fail(role, text, 0);
  }

  /** The same with the system's number of the error. */
  synchronized void fail(Role role, String text, int number) {
    if (failed == null || failed == role && message == null) {
      failed = role;
      message = text;
      errno = number;
    }
    notifyAll();
  }

  /** A side has fallen silent. */
  synchronized void silent(Role role, String text) {
    silent |= failed == null;
    fail(role, text, 0);
  }

  /** Whether the side that failed first has fallen silent. */
  synchronized boolean isSilent() {
    return silent;
  }

  /** A side is gone before its part was done; why may still come, see {@link #fail}. */
  synchronized void gone(Role role) {
    if (failed == null && !isDone(role)) {
      failed = role;
    }
    notifyAll();
  }

  /** Waits until both sides are done or one has failed. */
  synchronized void await() throws InterruptedException {
    while (failed == null && !(sourceDone && targetDone)) {
      wait();
    }
  }

  /** The side that failed first; null if none did. */
  synchronized Role failed() {
    return failed;
  }

  /** Why it failed; null if only its end is known. */
  synchronized String message() {
    return message;
  }

  /** The system's number of the error; 0 if there is none. */
  synchronized int errno() {
    return errno;
  }
}
