package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every page of the documents. */
class PagesTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]*)(?:#([^)\\s]*))?\\)");

  private static List<String> lines(Path page) throws IOException {
    return Files.readAllLines(page);
  }

  /** The anchors that a reader of Markdown makes of the headings. */
  private static Set<String> anchors(Path page) throws IOException {
    Set<String> anchors = new HashSet<>();
    for (String line : lines(page)) {
      if (line.startsWith("#")) {
        String heading = line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT);
        anchors.add(heading.replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'));
      }
    }
    return anchors;
  }

  @Test
  void readmeIsShort() throws IOException {
    List<String> lines = lines(ROOT.resolve("README.md"));
    int words = 0;
    for (String line : lines) {
      words += line.isBlank() ? 0 : line.strip().split("\\s+").length;
    }
    assertTrue(lines.size() <= 200, lines.size() + " lines");
    assertTrue(words <= 2000, words + " words");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "iblocksync-cli/USAGE.md",
        "iblocksync-receive/TARGETS.md",
        "scripts/WRAPPERS.md",
        "scripts/BENCH.md",
        "iblocksync-protocol/PROTOCOL.md",
        "iblocksync-protocol/PROTOCOL-1.md"
      })
  void aPageIsInstalledItsLinksLeadSomewhereAndItsLinesAreNotLong(String name) throws IOException {
    assertTrue(Files.readString(ROOT.resolve("scripts/install")).contains(" " + name), name);
    Path page = ROOT.resolve(name);
    List<String> broken = new ArrayList<>();
    for (String line : lines(page)) {
      assertTrue(line.length() <= 120 || line.startsWith("|"), line);
      Matcher link = LINK.matcher(line);
      while (link.find()) {
        Path to = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
        boolean leads = Files.exists(to);
        if (leads && link.group(2) != null) {
          leads = anchors(to).contains(link.group(2));
        }
        if (!leads) {
          broken.add(link.group());
        }
      }
    }
    assertEquals(List.of(), broken);
  }
}
