package io.iblocksync.cli;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.iblocksync.cli.it.Guest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What needs real LVM and other devices of a kernel's own. A scenario is a boot of one; to add one,
 * write a script like those in {@code src/test/guest}, see {@link Guest}, and name it here.
 */
class GuestIT {
  private static final List<String> SCENARIOS =
      List.of("lvm-source.sh", "lvm-target.sh", "guards.sh", "power-loss.sh");

  @TempDir static Path folder;

  @TestFactory
  List<DynamicContainer> scenarios() throws IOException {
    List<DynamicContainer> scenarios = new ArrayList<>();
    for (String name : SCENARIOS) {
      Guest guest = new Guest(name, Files.createDirectory(folder.resolve(name)));
      List<DynamicTest> cases = new ArrayList<>();
      for (String one : guest.cases()) {
        cases.add(dynamicTest(one, () -> guest.assertWell(one)));
      }
      // All at once: each has one processor, and waits for it most of the time.
      guest.start();
      scenarios.add(dynamicContainer(name, cases));
    }
    return scenarios;
  }
}
