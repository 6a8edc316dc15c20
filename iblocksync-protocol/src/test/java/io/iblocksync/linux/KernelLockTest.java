package io.iblocksync.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelLockTest {
  @TempDir Path folder;

  @Test
  void aLockOfAllBytesReachesPastTheEnd() {
    KernelLock lock = KernelLock.parse("1: POSIX  ADVISORY  WRITE 123 08:02:456 0 EOF");
    assertEquals(new KernelLock("123", true, "08:02:456", 0, Long.MAX_VALUE), lock);
    assertFalse(lock.isOfOpenFile());
    assertTrue(lock.overlaps(0, 1));
    assertTrue(lock.overlaps(1L << 60, Long.MAX_VALUE));
  }

  @Test
  void theLastByteOfAPartIsLockedToo() {
    KernelLock lock = KernelLock.parse("12: OFDLCK ADVISORY  WRITE -1 103:2:456 512 1023");
    assertEquals(new KernelLock(KernelLock.OPEN_FILE, true, "103:2:456", 512, 1024), lock);
    assertTrue(lock.isOfOpenFile());
    assertTrue(lock.overlaps(1023, 2000));
    assertTrue(lock.overlaps(1023, 1024));
    assertFalse(lock.overlaps(1024, 2000));
    assertTrue(lock.overlaps(0, 513));
    assertFalse(lock.overlaps(0, 512));
    assertTrue(lock.overlaps(0, Long.MAX_VALUE));
  }

  @Test
  void aLockForReadingIsNoneForWriting() {
    KernelLock lock = KernelLock.parse("1: OFDLCK ADVISORY  READ -1 fe:00:56 4096 8191");
    assertEquals(new KernelLock(KernelLock.OPEN_FILE, false, "fe:00:56", 4096, 8192), lock);
    lock = KernelLock.parse("1: POSIX  ADVISORY  READ 123 08:02:456 0 EOF");
    assertEquals(new KernelLock("123", false, "08:02:456", 0, Long.MAX_VALUE), lock);
  }

  @Test
  void theLocksOfAnOpenFileAreReadFromItsInfo() throws IOException {
    String text =
        """
        pos:\t0
        flags:\t0100002
        mnt_id:\t30
        lock:\t1: OFDLCK ADVISORY  WRITE -1 fe:00:56 4096 8191
        lock:\t2: FLOCK  ADVISORY  WRITE 123 fe:00:56 0 EOF
        """;
    Path info = Files.writeString(folder.resolve("7"), text);
    KernelLock lock = new KernelLock(KernelLock.OPEN_FILE, true, "fe:00:56", 4096, 8192);
    assertEquals(List.of(lock), KernelLock.of(info));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // As udev and its friends lock devices.
        "1: FLOCK  ADVISORY  WRITE 123 08:02:456 0 EOF",
        "1: -> POSIX  ADVISORY  WRITE 123 08:02:456 0 EOF",
        "1: POSIX  ADVISORY  WRITE 123 08:02:456 0",
        "1: POSIX  ADVISORY  WRITE 123 08:02:456 X EOF",
        "1: POSIX  ADVISORY  WRITE 123 08:02:456 0 here",
        "1: LEASE  ACTIVE    WRITE 123 08:02:456 0 EOF",
        "1: LEASE  ACTIVE    READ  123 08:02:456 0 EOF",
        ""
      })
  void whatKeepsNobodyFromLockingIsPassedOver(String line) {
    assertNull(KernelLock.parse(line));
  }

  @Test
  void aLockIsListedUnderTheNumberOfItsFile() throws IOException {
    // Not on btrfs or an overlay, which have another number there.
    Path path = Files.createTempFile(Path.of("/dev/shm"), "lock", "");
    String number = KernelLock.number(path);
    String own = Long.toString(ProcessHandle.current().pid());
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
      channel.lock(10, 20, false);
      assertTrue(KernelLock.all().contains(new KernelLock(own, true, number, 10, 30)));
    }
  }

  @Test
  void theHolderOfALockOfAnOpenFileIsFound() throws IOException {
    Path path = Files.createTempFile(Path.of("/dev/shm"), "lock", "");
    try (NativeFile file = NativeFile.open(path, NativeFile.O_RDWR)) {
      assertTrue(file.tryLock(10, 20));
      KernelLock lock = new KernelLock(KernelLock.OPEN_FILE, true, KernelLock.number(path), 10, 30);
      assertTrue(KernelLock.all().contains(lock));
      assertEquals(Long.toString(ProcessHandle.current().pid()), lock.visibleHolder());
      KernelLock other =
          new KernelLock(KernelLock.OPEN_FILE, true, KernelLock.number(path), 10, 31);
      assertNull(other.visibleHolder());
    } finally {
      Files.delete(path);
    }
  }
}
