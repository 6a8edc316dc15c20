package io.iblocksync.receive.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.receive.guard.KernelLock.Part;
import org.junit.jupiter.api.Test;

class KernelLockTest {
  private static final String FILE = "fe:00:56";

  @Test
  void aLockOfAProcessIsRead() {
    KernelLock lock = KernelLock.parse("12: POSIX  ADVISORY  WRITE 1234 fe:00:56 0 EOF");
    assertEquals(new KernelLock(false, "1234", FILE, 0, Long.MAX_VALUE), lock);
  }

  @Test
  void aLockOfAnOpenFileIsReadInBothForms() {
    KernelLock expected = new KernelLock(true, "-1", FILE, 4096, 8191);
    assertEquals(expected, KernelLock.parse("1: OFDLCK ADVISORY  WRITE -1 fe:00:56 4096 8191"));
    assertEquals(
        expected, KernelLock.parse("lock:\t1: OFDLCK ADVISORY  READ -1 fe:00:56 4096 8191"));
  }

  @Test
  void whatKeepsNobodyFromWritingIsNone() {
    // As udev and its friends lock devices.
    assertNull(KernelLock.parse("1: FLOCK  ADVISORY  WRITE 1234 fe:00:56 0 EOF"));
    assertNull(KernelLock.parse("1: LEASE  ACTIVE    READ  1234 fe:00:56 0 EOF"));
    assertNull(KernelLock.parse("1: -> POSIX  ADVISORY  WRITE 1234 fe:00:56 0 EOF"));
    assertNull(KernelLock.parse(""));
    assertNull(KernelLock.parse("1: POSIX  ADVISORY  WRITE 1234 fe:00:56 0 here"));
  }

  @Test
  void onlyALockOnTheSamePartOfTheSameFileCounts() {
    KernelLock lock = KernelLock.parse("1: OFDLCK ADVISORY  WRITE -1 fe:00:56 4096 8191");
    assertTrue(lock.covers(new Part(FILE, 0, Long.MAX_VALUE)));
    assertTrue(lock.covers(new Part(FILE, 8191, 8191)));
    assertTrue(lock.covers(new Part(FILE, 0, 4096)));
    assertFalse(lock.covers(new Part(FILE, 8192, 9000)));
    assertFalse(lock.covers(new Part(FILE, 0, 4095)));
    assertFalse(lock.covers(new Part("fe:00:5", 0, Long.MAX_VALUE)));
  }
}
