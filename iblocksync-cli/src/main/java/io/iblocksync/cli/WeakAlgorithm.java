package io.iblocksync.cli;

import io.iblocksync.hash.HashAlgorithm;

/** The warning about checksums, which iblocksync 1.0.1 lets decide alone. */
final class WeakAlgorithm {
  /** The sums of Adler-32 are taken modulo this. */
  private static final double ADLER_MODULUS = 65521;

  /**
   * Sums of n random bytes collide as if they had this many values times the root of n: the
   * standard deviation of a byte, 73.9, times twice the root of pi.
   */
  private static final double ADLER_SPREAD = 262;

  private WeakAlgorithm() {}

  /**
   * The warning, with the odds for this image.
   *
   * @param blocks how many are compared
   * @return null if there is nothing to warn of
   */
  static String warning(HashAlgorithm algorithm, int blockSize, long blocks) {
    double values = values(algorithm, blockSize);
    if (values == 0 || blocks == 0) {
      return null;
    }
    double missed = blocks / values;
    String odds =
        missed >= 1
            ? "about " + round(missed) + " would be missed"
            : "the chance that one is missed would be 1 in " + round(1 / missed);
    return algorithm.label()
        + " is a checksum of about "
        + Math.round(Math.log(values) / Math.log(2))
        + " bits for blocks of "
        + blockSize
        + " bytes: if all "
        + blocks
        + " blocks had changed, "
        + odds
        + ", and collisions are easy to forge; use sha256 (or xxh128 where nobody hostile controls"
        + " the data)";
  }

  /** How many values an algorithm has for random blocks; 0 if so many that none is ever missed. */
  private static double values(HashAlgorithm algorithm, int blockSize) {
    return switch (algorithm) {
      case CRC32 -> Math.min(Math.pow(2, 32), Math.pow(2, 8.0 * blockSize));
      case ADLER32 -> {
        double sum = ADLER_SPREAD * Math.sqrt(blockSize);
        double sumOfSums = ADLER_SPREAD * Math.sqrt(Math.pow(blockSize, 3) / 3);
        double both = Math.min(ADLER_MODULUS, sum) * Math.min(ADLER_MODULUS, sumOfSums);
        yield Math.min(both, Math.pow(2, 8.0 * blockSize));
      }
      default -> 0;
    };
  }

  private static String round(double number) {
    return Long.toString(Math.round(number));
  }
}
