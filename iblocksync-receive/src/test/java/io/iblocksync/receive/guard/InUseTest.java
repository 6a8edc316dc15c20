package io.iblocksync.receive.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the kernel's list of swap space says; what is really in use is in TargetInUseTest. */
class InUseTest {
  private static final String HEAD = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";

  @Test
  void filesAndDevicesAreReadWithTheirBlanks() {
    assertEquals(
        List.of(Path.of("/dev/sda2"), Path.of("/a swap\tfile")),
        InUse.swaps(
            HEAD
                + "/dev/sda2                               partition\t8388604\t0\t-2\n"
                + "/a\\040swap\\011file                       file\t\t1020\t0\t-3\n"));
  }

  @Test
  void aNameThatCannotBeReadHidesNoOther() {
    assertEquals(
        List.of(Path.of("/last")),
        InUse.swaps(HEAD + "/a\\000b file 1020 0 -2\n/cut\n\n/last file 1020 0 -3\n"));
  }

  @Test
  void aKernelWithoutSwapSpaceHasNone() {
    assertEquals(List.of(), InUse.swaps(""));
    assertEquals(List.of(), InUse.swaps(HEAD));
  }
}
