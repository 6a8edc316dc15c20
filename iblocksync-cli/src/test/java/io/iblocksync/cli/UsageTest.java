package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.hash.HashAlgorithm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UsageTest {
  private static final String ADDED = "\nWhat this program adds to iblocksync 1.0.1:\n";
  private static final String ALGORITHMS = "Gives the hash algorithm";
  private static final String BLOCK = "  -b BLOCK_SIZE";

  /** The usage of iblocksync 1.0.1, from its README. */
  private static String original() throws IOException {
    try (InputStream in = UsageTest.class.getResourceAsStream("original-usage.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String kept() {
    return Usage.text().substring(0, Usage.text().indexOf(ADDED));
  }

  private static String algorithms(String usage) {
    return usage.substring(usage.indexOf(ALGORITHMS), usage.indexOf(BLOCK));
  }

  private static List<String> quoted(String text) {
    List<String> quoted = new ArrayList<>();
    String[] parts = text.split("'");
    for (int i = 1; i < parts.length; i += 2) {
      quoted.add(parts[i]);
    }
    return quoted;
  }

  /** Breaks a text as Python's argparse does at 80 columns. */
  private static String wrapped(String text) {
    StringBuilder lines = new StringBuilder();
    int column = 0;
    for (String word : text.strip().split("\\s+")) {
      if (column > 0 && column + 1 + word.length() > 54) {
        lines.append('\n').append(" ".repeat(24));
        column = 0;
      } else if (column > 0) {
        lines.append(' ');
        column++;
      }
      lines.append(word);
      column += word.length();
    }
    return lines.append('\n').toString();
  }

  @Test
  void whatTheOriginalSaysIsThereWordByWordAndLineByLine() throws IOException {
    String original = original();
    String algorithms = algorithms(original);
    assertEquals(algorithms, wrapped(algorithms));
    String more = "'crc32', 'sha3_224', 'sha3_256', 'sha3_384', 'sha3_512', 'xxh128'.";
    String expected = original.replace(algorithms, wrapped(algorithms.replace("'crc32'.", more)));
    assertEquals(expected, kept());
  }

  @Test
  void allAlgorithmsAreListed() {
    Set<String> labels = new HashSet<>();
    for (HashAlgorithm algorithm : HashAlgorithm.values()) {
      labels.add(algorithm.label());
    }
    List<String> listed = quoted(algorithms(kept()));
    assertEquals("sha1", listed.remove(listed.size() - 1), "the default");
    assertEquals(labels.size(), listed.size());
    assertEquals(labels, new HashSet<>(listed));
  }

  @Test
  void noLineIsWiderThanATerminal() {
    for (String line : Usage.text().split("\n")) {
      assertTrue(line.length() < 80, line);
    }
  }
}
