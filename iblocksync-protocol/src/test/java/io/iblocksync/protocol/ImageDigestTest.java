package io.iblocksync.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.testing.TempImages;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageDigestTest {
  private static final int LENGTH = 20;
  private static final BigInteger WORD = BigInteger.ONE.shiftLeft(64);

  private final byte[] digests = TempImages.bytes(TempImages.random("ImageDigestTest"), 5 * LENGTH);

  @Test
  void itIsWhatThePageDefines() {
    BigInteger high = BigInteger.ZERO;
    BigInteger low = BigInteger.ZERO;
    for (int block = 0; block < 5; block++) {
      byte[] digest = Arrays.copyOfRange(digests, block * LENGTH, (block + 1) * LENGTH);
      high = high.add(item("243f6a8885a308d3", 7 + block, digest));
      low = low.add(item("13198a2e03707344", 7 + block, digest));
    }
    byte[] crc = {0, 0, 0, 0, (byte) 0xfe, 2, 3, 4};
    high = high.add(item("a4093822299f31d0", 1L << 40, crc));
    low = low.add(item("082efa98ec4e6c89", 1L << 40, crc));
    ImageDigest digest = new ImageDigest(LENGTH);
    digest.add(7, 5, digests, 0);
    digest.addData(1L << 40, 0xfe020304);
    assertEquals(String.format("%016x%016x", high.mod(WORD), low.mod(WORD)), text(digest));
  }

  /** The page's formula, by another arithmetic. */
  private static BigInteger item(String c, long place, byte[] digest) {
    BigInteger number = mix(BigInteger.valueOf(place).xor(new BigInteger(c, 16)));
    for (int at = 0; at < digest.length; at += 8) {
      byte[] word =
          Arrays.copyOf(Arrays.copyOfRange(digest, at, Math.min(at + 8, digest.length)), 8);
      number = mix(number.xor(new BigInteger(1, word)));
    }
    return number;
  }

  private static BigInteger mix(BigInteger number) {
    BigInteger x = number.xor(number.shiftRight(30));
    x = x.multiply(new BigInteger("bf58476d1ce4e5b9", 16)).mod(WORD);
    x = x.xor(x.shiftRight(27)).multiply(new BigInteger("94d049bb133111eb", 16)).mod(WORD);
    return x.xor(x.shiftRight(31));
  }

  @Test
  void theOrderAndTheBatchesDoNotCount() {
    ImageDigest atOnce = new ImageDigest(LENGTH);
    atOnce.add(0, 5, digests, 0);
    ImageDigest inParts = new ImageDigest(LENGTH);
    inParts.add(3, 2, digests, 3 * LENGTH);
    inParts.add(1, 2, digests, LENGTH);
    inParts.add(0, 1, digests, 0);
    assertEquals(atOnce.value(), inParts.value());
  }

  @Test
  void anotherPlaceOfABlockCounts() {
    ImageDigest right = new ImageDigest(LENGTH);
    right.add(0, 2, digests, 0);
    ImageDigest swapped = new ImageDigest(LENGTH);
    swapped.add(0, 1, digests, LENGTH);
    swapped.add(1, 1, digests, 0);
    assertNotEquals(right.value(), swapped.value());
  }

  @Test
  void zerosAddNothingHoweverManyThereAre() {
    HashRun last = new HashRun(1, digests, 0);
    ImageDigest longRun = new ImageDigest(LENGTH);
    longRun.add(new Hashes(1L << 40, List.of(HashRun.zeros(Integer.MAX_VALUE), last)));
    ImageDigest shortRuns = new ImageDigest(LENGTH);
    shortRuns.add(new Hashes(0, List.of(HashRun.zeros(9))));
    shortRuns.add((1L << 40) + Integer.MAX_VALUE, 1, digests, 0);
    assertEquals(longRun.value(), shortRuns.value());
  }

  @Test
  void everyBitOfADigestCounts() {
    ImageDigest right = new ImageDigest(LENGTH);
    right.add(0, 1, digests, 0);
    for (int bit = 0; bit < LENGTH * 8; bit++) {
      byte[] other = Arrays.copyOf(digests, LENGTH);
      other[bit / 8] ^= (byte) (1 << bit % 8);
      ImageDigest wrong = new ImageDigest(LENGTH);
      wrong.add(0, 1, other, 0);
      assertNotEquals(right.value().high(), wrong.value().high());
      assertNotEquals(right.value().low(), wrong.value().low());
    }
  }

  private static String text(ImageDigest digest) {
    return digest.value().toString();
  }
}
