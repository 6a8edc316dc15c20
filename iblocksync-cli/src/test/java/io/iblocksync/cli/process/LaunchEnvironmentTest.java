package io.iblocksync.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LaunchEnvironmentTest {
  @Test
  void whatTheLauncherChangedIsRestored() {
    Map<String, String> environment =
        Map.of("LC_ALL", "C.UTF-8", "IBLOCKSYNC_LC_ALL", "=x", "IBLOCKSYNC_JAVA_TOOL_OPTIONS", "");
    assertEquals(
        Map.of("LC_ALL", "=x", "JAVA_TOOL_OPTIONS", ""),
        LaunchEnvironment.restored(environment, "LC_ALL,JAVA_TOOL_OPTIONS"));
  }

  @Test
  void whatTheLauncherHasSetAnewIsRemoved() {
    Map<String, String> environment = Map.of("LC_ALL", "C.UTF-8", "A", "b");
    assertEquals(Map.of("A", "b"), LaunchEnvironment.restored(environment, "LC_ALL"));
  }

  @Test
  void whatTheLauncherDidNotChangeStays() {
    Map<String, String> environment = Map.of("LC_ALL", "C.UTF-8", "IBLOCKSYNC_LC_ALL", "b");
    assertEquals(environment, LaunchEnvironment.restored(environment, ""));
  }
}
