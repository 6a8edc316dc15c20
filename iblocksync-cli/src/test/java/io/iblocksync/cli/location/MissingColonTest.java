package io.iblocksync.cli.location;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MissingColonTest {
  private static String hint(String text) {
    return MissingColon.hint(LocationParser.parse(text));
  }

  @Test
  void aUserAHostAndAPathNeedAColon() {
    assertEquals(
        " (a path on another machine has a colon after its name: root@db:/dev/vg/lv)",
        hint("root@db/dev/vg/lv"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mail.img@latest",
        "/backup/mail@db/disk.img",
        "./root@db/disk.img",
        "@db/disk.img",
        "root@/disk.img",
        "disk.img",
        "root@db:/disk.img",
        "ssh://root@db/disk.img"
      })
  void otherNamesGetNoHint(String text) {
    assertEquals("", hint(text));
  }
}
