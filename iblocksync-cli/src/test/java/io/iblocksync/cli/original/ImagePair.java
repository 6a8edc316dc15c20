package io.iblocksync.cli.original;

import java.util.Random;

/**
 * A source and a target image of random bytes.
 *
 * @param target null if there is to be no file
 */
record ImagePair(String kind, int blockSize, byte[] source, byte[] target) {
  /** Every way in which two images' sizes can differ or agree. */
  enum Kind {
    EQUAL_SIZES,
    EQUAL_SIZES_WITH_A_PARTIAL_BLOCK,
    IDENTICAL_WITH_A_PARTIAL_BLOCK,
    IDENTICAL_BELOW_A_BLOCK,
    GROWN_BY_BLOCKS,
    GROWN_BY_BYTES,
    GROWN_WITHIN_THE_LAST_BLOCK,
    SHRUNK_BY_BLOCKS,
    SHRUNK_BY_BYTES,
    SHRUNK_WITHIN_THE_LAST_BLOCK,
    TARGET_MISSING,
    TARGET_EMPTY,
    SOURCE_EMPTY,
    BOTH_EMPTY
  }

  static ImagePair random(Random random, Kind kind, int blockSize) {
    int blocks = 3 + random.nextInt(20);
    int part = 1 + random.nextInt(blockSize - 1);
    int whole = blocks * blockSize;
    int more = (1 + random.nextInt(8)) * blockSize;
    int[] sizes =
        switch (kind) {
          case EQUAL_SIZES -> new int[] {whole, whole};
          case EQUAL_SIZES_WITH_A_PARTIAL_BLOCK, IDENTICAL_WITH_A_PARTIAL_BLOCK ->
              new int[] {whole + part, whole + part};
          case IDENTICAL_BELOW_A_BLOCK -> new int[] {part, part};
          case GROWN_BY_BLOCKS -> new int[] {whole + more, whole};
          case GROWN_BY_BYTES -> new int[] {whole + more + part, whole + random.nextInt(blockSize)};
          case GROWN_WITHIN_THE_LAST_BLOCK -> new int[] {whole, whole - part};
          case SHRUNK_BY_BLOCKS -> new int[] {whole, whole + more};
          case SHRUNK_BY_BYTES ->
              new int[] {whole + random.nextInt(blockSize), whole + more + part};
          case SHRUNK_WITHIN_THE_LAST_BLOCK -> new int[] {whole - part, whole};
          case TARGET_MISSING -> new int[] {whole + part, -1};
          case TARGET_EMPTY -> new int[] {whole + part, 0};
          case SOURCE_EMPTY -> new int[] {0, whole + part};
          case BOTH_EMPTY -> new int[] {0, 0};
        };
    byte[] source = new byte[sizes[0]];
    random.nextBytes(source);
    if (sizes[1] < 0) {
      return new ImagePair(kind.name(), blockSize, source, null);
    }
    byte[] target = new byte[sizes[1]];
    random.nextBytes(target);
    System.arraycopy(source, 0, target, 0, Math.min(source.length, target.length));
    if (!kind.name().startsWith("IDENTICAL")) {
      int changes = target.length == 0 ? 0 : random.nextInt(6);
      for (int change = 0; change < changes; change++) {
        target[random.nextInt(target.length)]++;
      }
    }
    return new ImagePair(kind.name(), blockSize, source, target);
  }

  /** Whether the original's coordinator syncs two images of these sizes at all. */
  boolean acceptedByTheOriginal() {
    return target == null
        || source.length == 0
        || target.length == 0
        || source.length == target.length
        || (source.length % blockSize == 0 && target.length % blockSize == 0);
  }

  /** Whether our coordinator syncs them without a question. */
  boolean acceptedWithoutForce() {
    return target == null || target.length == 0 || source.length == target.length;
  }

  @Override
  public String toString() {
    return kind
        + ", "
        + source.length
        + " onto "
        + (target == null ? "nothing" : Integer.toString(target.length))
        + " in blocks of "
        + blockSize;
  }
}
