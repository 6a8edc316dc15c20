package io.iblocksync.program;

/** The statuses with which the three programs end. Scripts rely on them: none ever changes. */
public final class ExitStatus {
  /** All is done: the target equals the source, or what was asked for is printed. */
  public static final int DONE = 0;

  /** The run failed, or the user declined; standard error says why. */
  public static final int FAILED = 1;

  /** The command line or the environment is wrong; nothing was done. */
  public static final int USAGE = 2;

  /**
   * A connection could not be made, was lost or fell silent: the same run may succeed later
   * (EX_TEMPFAIL of sysexits.h).
   */
  public static final int TRY_LATER = 75;

  private static final int SIGNAL = 128;

  private ExitStatus() {}

  /** The status of a program that ends because of this. */
  public static int of(Throwable e) {
    return e instanceof UsageException ? USAGE : FAILED;
  }

  /** The status of a program that ends because of a signal, by the signal's number. */
  public static int ofSignal(int number) {
    return SIGNAL + number;
  }
}
