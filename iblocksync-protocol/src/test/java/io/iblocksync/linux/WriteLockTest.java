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
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriteLockTest {
  @Test
  void aLockOfAllBytesReachesPastTheEnd() {
    WriteLock lock = WriteLock.parse("1: POSIX  ADVISORY  WRITE 123 08:02:456 0 EOF");
    assertEquals(new WriteLock("123", "08:02:456", 0, Long.MAX_VALUE), lock);
    assertFalse(lock.isOfOpenFile());
  }

  @Test
  void theLastByteOfAPartIsLockedToo() {
    WriteLock lock = WriteLock.parse("12: OFDLCK ADVISORY  WRITE -1 103:2:456 512 1023");
    assertEquals(new WriteLock(WriteLock.OPEN_FILE, "103:2:456", 512, 1024), lock);
    assertTrue(lock.isOfOpenFile());
    assertTrue(lock.overlaps(1023, 2000));
    assertFalse(lock.overlaps(1024, 2000));
    assertTrue(lock.overlaps(0, 513));
    assertFalse(lock.overlaps(0, 512));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1: POSIX  ADVISORY  READ 123 08:02:456 0 EOF",
        "1: FLOCK  ADVISORY  WRITE 123 08:02:456 0 EOF",
        "1: -> POSIX  ADVISORY  WRITE 123 08:02:456 0 EOF",
        "1: POSIX  ADVISORY  WRITE 123 08:02:456 0",
        "1: POSIX  ADVISORY  WRITE 123 08:02:456 X EOF",
        "1: LEASE  ACTIVE    WRITE 123 08:02:456 0 EOF",
        ""
      })
  void whatIsNoLockForWritingIsPassedOver(String line) {
    assertNull(WriteLock.parse(line));
  }

  @Test
  void aLockIsListedUnderTheNumberOfItsFile() throws IOException {
    // Not on btrfs or an overlay, which have another number there.
    Path path = Files.createTempFile(Path.of("/dev/shm"), "lock", "");
    Map<String, Object> file = Files.readAttributes(path, "unix:dev,ino");
    String number = WriteLock.number((Long) file.get("dev"), (Long) file.get("ino"));
    String own = Long.toString(ProcessHandle.current().pid());
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
      channel.lock(10, 20, false);
      assertTrue(WriteLock.all().contains(new WriteLock(own, number, 10, 30)));
    }
  }
}
