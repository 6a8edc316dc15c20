package io.iblocksync.protocol;

/** The signals of protocol 1: single bytes, named as in ASCII. */
public final class Protocol1 {
  /** The block differs; from the target at the end: it has truncated its image. */
  public static final int ACK = 0x06;

  /** The block is equal; from the target at the end: it has not truncated its image. */
  public static final int NAK = 0x15;

  /** The endpoint has finished. */
  public static final int EOT = 0x04;

  private Protocol1() {}

  /**
   * Returns true for ACK and false for NAK.
   *
   * @param label what the signal is, for the error text
   * @throws ProtocolException for any other byte
   */
  public static boolean isAck(int signal, String label) throws ProtocolException {
    if (signal != ACK && signal != NAK) {
      throw new ProtocolException(
          "%s is byte %d, expected ACK (%d) or NAK (%d)".formatted(label, signal, ACK, NAK));
    }
    return signal == ACK;
  }

  /**
   * Checks that a byte is EOT.
   *
   * @throws ProtocolException for any other byte
   */
  public static void checkEot(int signal) throws ProtocolException {
    if (signal != EOT) {
      throw new ProtocolException(
          "the signal at the end is byte %d, expected EOT (%d)".formatted(signal, EOT));
    }
  }
}
