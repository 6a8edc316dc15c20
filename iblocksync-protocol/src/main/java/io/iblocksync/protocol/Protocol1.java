package io.iblocksync.protocol;

/** The single bytes of protocol 1, named as in ASCII. */
public final class Protocol1 {
  /** The block differs; or, from the target at the end: it was cut. */
  public static final int ACK = 0x06;

  /** The block is equal; or, from the target at the end: it was not cut. */
  public static final int NAK = 0x15;

  /** The endpoint has done its part. */
  public static final int EOT = 0x04;

  private Protocol1() {}

  /** Whether a byte is ACK; anything else must be NAK. */
  public static boolean isAck(int signal, String label) throws ProtocolException {
    if (signal != ACK && signal != NAK) {
      throw new ProtocolException(
          label + " is byte " + signal + ", expected ACK (" + ACK + ") or NAK (" + NAK + ")");
    }
    return signal == ACK;
  }

  /** Checks that a byte is EOT. */
  public static void checkEot(int signal) throws ProtocolException {
    if (signal != EOT) {
      throw new ProtocolException("byte " + signal + " at the end, expected EOT (" + EOT + ")");
    }
  }
}
