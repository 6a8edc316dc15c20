package io.iblocksync.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds PROTOCOL.md and the code together. */
class ProtocolPageTest {
  private static final Path SOURCES = Path.of("src/main/java/io/iblocksync/protocol");
  private static final Pattern TYPE_ROW =
      Pattern.compile("\\| (\\d+) \\| ([A-Z]+) \\| [^|]+ \\| ([^|]+) \\|");
  private static final Pattern LABEL = Pattern.compile("`([a-z]+)`");

  private final String page;

  ProtocolPageTest() throws IOException {
    page = Files.readString(Path.of("PROTOCOL.md"));
  }

  @Test
  void thePageAndTheCodeHaveTheSameFrameTypes() {
    Map<Integer, String> documented = new TreeMap<>();
    Matcher row = TYPE_ROW.matcher(page);
    while (row.find()) {
      documented.put(Integer.valueOf(row.group(1)), row.group(2));
    }
    Map<Integer, String> coded = new TreeMap<>();
    for (FrameType type : FrameType.values()) {
      coded.put(type.code, type.name());
    }
    assertEquals(coded, documented);
  }

  @Test
  void theFieldsOfEachFrameStandInTheReaderAndTheWriterInTheOrderOfThePage() throws IOException {
    String reader = Files.readString(SOURCES.resolve("FrameReader.java"));
    String writer = Files.readString(SOURCES.resolve("FrameWriter.java"));
    Matcher row = TYPE_ROW.matcher(page);
    while (row.find()) {
      StringBuilder layout = new StringBuilder("// ");
      for (String label : labels(row.group(3))) {
        layout.append(".*\\b").append(label).append("\\b");
      }
      Pattern comment = Pattern.compile(layout.toString());
      assertTrue(comment.matcher(reader).find(), row.group(2) + " in FrameReader: " + layout);
      String name = "// .*\\b" + row.group(2) + "\\b" + layout.substring(3);
      assertTrue(Pattern.compile(name).matcher(writer).find(), row.group(2) + " in FrameWriter");
    }
  }

  @Test
  void theBoundsOfThePayloadsAreThoseOfTheCode() {
    for (FrameType type : FrameType.values()) {
      String bounds =
          switch (type) {
            case HASHES, VERDICTS -> "| HASHES, VERDICTS | 12 to 131072 |";
            case DATA -> "| DATA | 21 to 21 + 1056768 |";
            case ALIVE -> "| ALIVE | 0 |";
            case PIECES -> "| PIECES | 20 to 131072 |";
            case DONE -> "| DONE | 24 |";
            case FAILURE -> "| FAILURE | 4 to 4 + 4096 |";
            case STATS -> "| STATS | 40 |";
            case WARNING -> "| WARNING | 1 to 4096 |";
          };
      assertTrue(page.contains(bounds), bounds);
    }
    assertEquals(131072, Frames.MAX_BATCH);
    assertEquals(21, Frames.DATA_HEADER);
    assertEquals(1048576, Frames.MAX_DATA);
    assertEquals(1056768, Frames.MAX_BODY);
    assertEquals(4096, Frames.MAX_TEXT);
    assertEquals(12, FrameType.HASHES.minLength);
  }

  @Test
  void theMembersOfTheFirstLinesStandOnThePage() throws IOException {
    String code = Files.readString(SOURCES.resolve("Greeting.java"));
    Matcher member = Pattern.compile("put\\(\"([a-zA-Z]+)\"").matcher(code);
    int members = 0;
    while (member.find()) {
      assertTrue(page.contains("\"" + member.group(1) + "\""), member.group(1));
      members++;
    }
    assertTrue(members > 10, "found only " + members);
  }

  @Test
  void theSettingsOfThePageAreThoseOfTheCode() {
    Matcher row = Pattern.compile("\\| `([a-zA-Z]+)` \\| (flag|number|text) \\|").matcher(page);
    Map<String, String> documented = new TreeMap<>();
    while (row.find()) {
      documented.put(row.group(1), row.group(2));
    }
    Map<String, String> coded = new TreeMap<>();
    for (Setting setting : Setting.values()) {
      coded.put(setting.label(), setting.kind().name().toLowerCase(Locale.ROOT));
    }
    assertEquals(coded, documented);
  }

  private static List<String> labels(String cell) {
    List<String> labels = new ArrayList<>();
    Matcher label = LABEL.matcher(cell);
    while (label.find()) {
      labels.add(label.group(1));
    }
    return labels;
  }
}
