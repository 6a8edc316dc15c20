package io.iblocksync.cli.location;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HomeTest {
  private static final Map<String, String> ME = Map.of("HOME", "/home/me");

  @ParameterizedTest
  @ValueSource(strings = {"/a", "a", "a~", "./~x", "/~x", "a/~"})
  void aPathWithoutATildeInFrontStaysAsItIs(String path) {
    assertEquals(path, Home.expand(path, ME));
  }

  @Test
  void theOwnHomeIsThatOfTheEnvironment() {
    assertEquals("/home/me", Home.expand("~", ME));
    assertEquals("/home/me/a b", Home.expand("~/a b", ME));
  }

  @Test
  void aSlashAtTheEndOfTheHomeIsNotDoubled() {
    assertEquals("/home/me/a", Home.expand("~/a", Map.of("HOME", "/home/me/")));
    assertEquals("/a", Home.expand("~/a", Map.of("HOME", "/")));
    assertEquals("/", Home.expand("~", Map.of("HOME", "/")));
  }

  @Test
  void withoutHomeTheUserDatabaseIsAsked() {
    String home = System.getProperty("user.home");
    assertEquals(home + "/a", Home.expand("~/a", Map.of()));
    assertEquals(home + "/a", Home.expand("~/a", Map.of("HOME", "")));
  }

  @Test
  void anotherUsersHomeIsThatOfTheUserDatabase() {
    assertEquals("/root/a", Home.expand("~root/a", ME));
    assertEquals("/root", Home.expand("~root", ME));
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-such-user", "-s", "0", "ro ot", "root:x", "backup.img"})
  void anUnknownUserIsRefused(String user) {
    assertEquals(
        "'~"
            + user
            + "/a': there is no user '"
            + user
            + "' (a name that begins with a tilde is written ./~NAME)",
        assertThrows(IllegalArgumentException.class, () -> Home.expand("~" + user + "/a", ME))
            .getMessage());
  }
}
