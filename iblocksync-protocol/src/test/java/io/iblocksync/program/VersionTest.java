package io.iblocksync.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class VersionTest {
  @Test
  void theNumberIsThatOfTheBuild() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    int start = pom.indexOf("<version>") + "<version>".length();
    assertEquals(pom.substring(start, pom.indexOf("</version>")), Version.NUMBER);
  }

  @Test
  void theTextBeginsWithNameAndNumber() {
    assertTrue(Version.text("iblocksync-serve").startsWith("iblocksync-serve 2."));
  }

  @Test
  void theTextNamesBothCopyrightsTheLicenceAndTheProtocols() {
    String text = Version.text("iblocksync");
    assertTrue(text.contains("\nCopyright (C) 2017-2022 Daniel Rudolf\n"));
    assertTrue(text.contains("\nCopyright (C) 2026 the iblocksync authors\n"));
    assertTrue(text.contains("GNU General Public License, version 3 only\n"));
    assertTrue(text.contains("no warranty"));
    assertTrue(text.contains("Protocols 2 and 1 "));
  }
}
