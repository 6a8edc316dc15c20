package io.iblocksync.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.linux.MountTable.Mount;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTableTest {
  @Test
  void aLineWithOptionalFieldsIsRead() {
    assertEquals(
        new Mount("98:0", "/mnt 2", "ext4", "/dev/root", true, "7"),
        MountTable.parse(
            "36 35 98:0 /mnt1 /mnt\\0402 ro,noatime shared:1 master:2 - ext4 /dev/root rw,x=y",
            "7"));
  }

  @Test
  void aLineWithoutOptionalFieldsIsRead() {
    assertEquals(
        new Mount("0:21", "/proc", "proc", "proc", false, ""),
        MountTable.parse("22 27 0:21 / /proc rw,relatime - proc proc ro", ""));
  }

  @Test
  void anythingElseIsPassedOver() {
    assertNull(MountTable.parse("", ""));
    assertNull(MountTable.parse("36 35 98:0 / /mnt rw shared:1", ""));
    assertNull(MountTable.parse("36 35 98:0 / /mnt rw - ext4 /dev/root", ""));
  }

  @Test
  void onlyThreeOctalDigitsAreAnEscape() {
    assertEquals("a\tb\\c\\9", MountTable.unescaped("a\\011b\\134c\\9"));
  }

  @Test
  void anEscapeIsOneWhateverFollows() {
    assertEquals("a b\rc", MountTable.unescaped("a\\040b\rc"));
    assertEquals("a\\04", MountTable.unescaped("a\\04"));
    assertEquals("a\\", MountTable.unescaped("a\\"));
  }

  @Test
  void theRootIsMounted() {
    assertTrue(MountTable.read().stream().anyMatch(mount -> mount.point().equals("/")));
  }

  @Test
  void theTypeOfAFileSystemIsFound() throws IOException {
    assertEquals("proc", MountTable.typeAt(Path.of("/proc/self")));
    assertEquals("sysfs", MountTable.typeAt(Path.of("/sys")));
  }

  @Test
  void aMountOfSeveralDevicesIsKnownByItsSource() {
    Mount mount = new Mount("0:40", "/mnt", "btrfs", "/dev/null", true, "");
    assertFalse(mount.isOn(BlockDevice.of("1:3")));
  }
}
